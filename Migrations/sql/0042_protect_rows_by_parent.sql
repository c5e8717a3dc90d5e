-- Has the second wall reach the tables that know neither a company nor a game: they are seen through what they belong to.
--
-- A road is a column that names a row of another table; who sees that row sees this one. Where a table has several, the
-- first of the list counts. From here on protect_rows() walks the roads, too.
--
-- Locks:  ACCESS EXCLUSIVE on each table for the moment of enabling.
-- Undo:   ALTER TABLE … DISABLE ROW LEVEL SECURITY of each; the function of 0009.

CREATE OR REPLACE FUNCTION protect_rows() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    protected record;
BEGIN
    FOR protected IN
        SELECT class.oid::regclass AS name, bool_or(attribute.attname = 'developer_id') AS has_developer
        FROM pg_class AS class
        JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid AND NOT attribute.attisdropped
        WHERE class.relnamespace = current_schema::regnamespace AND class.relkind IN ('r', 'p') AND NOT class.relispartition
          AND NOT class.relrowsecurity AND attribute.attname IN ('developer_id', 'game_id')
        GROUP BY class.oid
        ORDER BY class.oid
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', protected.name);
        IF protected.has_developer THEN
            EXECUTE format(
                'CREATE POLICY own_rows ON %s TO slipway_tenant
                 USING (developer_id IS NULL OR developer_id = (SELECT tenant()))', protected.name);
        ELSE
            EXECUTE format(
                'CREATE POLICY own_rows ON %1$s TO slipway_tenant
                 USING (EXISTS (SELECT FROM games WHERE games.game_id = %1$s.game_id))', protected.name);
        END IF;
    END LOOP;
    FOR protected IN
        SELECT DISTINCT ON (class.oid) class.oid::regclass AS name, road.attribute, road.parent, road.key
        FROM (VALUES (1, 'version_id', 'game_versions', 'version_id'), (2, 'to_version', 'game_versions', 'version_id'),
                     (3, 'review_id', 'reviews', 'review_id'), (4, 'payout_id', 'developer_payouts', 'payout_id'),
                     (5, 'endpoint_id', 'webhook_endpoints', 'endpoint_id'))
            AS road (rank, attribute, parent, key)
        JOIN pg_attribute AS attribute ON attribute.attname = road.attribute AND NOT attribute.attisdropped
        JOIN pg_class AS class ON class.oid = attribute.attrelid
        WHERE class.relnamespace = current_schema::regnamespace AND class.relkind IN ('r', 'p') AND NOT class.relispartition
          AND NOT class.relrowsecurity AND class.relname <> road.parent
        ORDER BY class.oid, road.rank
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', protected.name);
        EXECUTE format(
            'CREATE POLICY own_rows ON %1$s TO slipway_tenant
             USING (EXISTS (SELECT FROM %2$I AS parent WHERE parent.%3$I = %1$s.%4$I))',
            protected.name, protected.parent, protected.key, protected.attribute);
    END LOOP;
END
$$;
SELECT protect_rows();

-- A view reads with the rights of its owner, whom no policy holds, unless it says otherwise.
ALTER VIEW team_member_roles SET (security_invoker = true);
ALTER VIEW api_keys SET (security_invoker = true);
ALTER VIEW job_status SET (security_invoker = true);
