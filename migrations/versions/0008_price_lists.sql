-- Price lists of regions, groups and contracts; approvals; negotiated quotes.
select 1;
