-- Search: the words by which products are found, and what else people look things up by.
create table catalog.product_word (
    tenant_id  bigint   not null,
    word       text     collate "C" not null, -- folded: as it is typed into a search
    place      smallint not null,             -- where it stands: 0 a code or barcode, 1 a title, 2 the brand, 3 the category, 4 sounds and parts
    title      text     not null,             -- the product's, so that what is found is in its order without a look at the product
    product_id bigint   not null,             -- no foreign key: a dozen words a product, written with it, and products are never deleted
    primary key (tenant_id, word, place, title, product_id)
);
create index product_word_of_product on catalog.product_word (tenant_id, product_id, word, place);
comment on table catalog.product_word is 'The words of every product (docs/search.md). Ranges of a btree: row-level security keeps trigrams and LIKE from any index.';
select kernel.isolate('catalog.product_word');
grant select, insert, delete on catalog.product_word to jiutong_app;

-- Work lists: what is not for sale yet, or no longer.
create index product_unpublished on catalog.product (tenant_id, status, code) where status <> 'published';

-- People say the end of their number, and the beginning of their name.
alter table member.identity add column backwards text collate "C" not null generated always as (reverse(value)) stored;
create index identity_by_end on member.identity (tenant_id, backwards, member_id) where kind = 'phone';
alter table member.member add column name_folded text collate "C" not null generated always as (lower(name)) stored;
create index member_by_name on member.member (tenant_id, name_folded, member_id) where name <> '';

-- Sales are told by the day.
create index placed_by_day on orders.placed (tenant_id, business_day, order_id);

-- As in 0001: a young table's rows are all of one tenant.
do $$
begin
    if current_setting('server_version_num')::integer >= 180000 then
        perform pg_restore_attribute_stats(
            'schemaname', 'catalog', 'relname', 'product_word', 'attname', 'tenant_id', 'inherited', false,
            'null_frac', 0::real, 'avg_width', 8, 'n_distinct', 1::real);
    end if;
end $$;
