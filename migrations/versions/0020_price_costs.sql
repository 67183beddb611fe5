-- Price costs: what goods cost is a price list nobody sells by, and margins are told against it.
alter table pricing.price_list
    add column seller_id bigint,
    add column margin_bp integer,
    drop constraint price_list_kind,
    drop constraint price_list_role;
-- A list is for one of them, and says which.
alter table pricing.price_list add constraint price_list_kind check (
    (kind = 'base' and num_nonnulls(channel_id, store_id, region, group_id, company_id, seller_id) = 0)
    or (num_nonnulls(channel_id, store_id, region, group_id, company_id, seller_id) = 1
        and ((kind = 'channel' and channel_id is not null) or (kind = 'store' and store_id is not null)
             or (kind = 'region' and region is not null) or (kind = 'group' and group_id is not null)
             or (kind = 'contract' and company_id is not null) or (kind = 'seller' and seller_id is not null))));
-- What it sells for, the least it may come to, or what it costs the seller.
alter table pricing.price_list add constraint price_list_role check (role in ('sale', 'floor', 'cost'));
-- Goods cost by whose they are and where they lie, never by who buys; and nobody sells at a seller's price of its own.
alter table pricing.price_list
    add constraint price_list_cost check (case when role = 'cost' then kind not in ('group', 'contract') else kind <> 'seller' end);
-- A margin is told against what goods cost; all of a price it cannot be.
alter table pricing.price_list
    add constraint price_list_margin check (margin_bp is null or (role = 'cost' and margin_bp between 0 and 9999));
