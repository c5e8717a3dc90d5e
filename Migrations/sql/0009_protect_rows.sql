-- Builds the second wall between companies: a role that row-level security holds, and the policies.
--
-- The program's own role owns the tables and is not held by their policies: workers and the platform see everything. What
-- the facade does for a company it does in the role slipway_tenant, with the company in slipway.developer_id. A migration
-- that makes a table with a developer_id, a game_id or one of the roads below ends with SELECT protect_rows();
--
-- Needs:  a role that may CREATE ROLE, or that an administrator has run, once in the cluster:
--         CREATE ROLE slipway_tenant NOLOGIN; GRANT slipway_tenant TO <the role that migrates>;
-- Locks:  ACCESS EXCLUSIVE on each table for the moment of enabling.
-- Undo:   ALTER TABLE … DISABLE ROW LEVEL SECURITY of each; DROP OWNED BY slipway_tenant; DROP ROLE slipway_tenant.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'slipway_tenant') THEN
        CREATE ROLE slipway_tenant NOLOGIN;
    END IF;
    -- Roles are the cluster's: another database may have been migrated at the same moment.
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'slipway_tenant', 'MEMBER') THEN
        EXECUTE format('GRANT slipway_tenant TO %I', current_user);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO slipway_tenant', current_schema);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO slipway_tenant', current_schema);
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO slipway_tenant', current_schema);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO slipway_tenant',
        current_schema);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE ON SEQUENCES TO slipway_tenant', current_schema);
END
$$;
REVOKE UPDATE, DELETE ON audit_log FROM slipway_tenant;

-- The company whose rows may be seen; null where there is none, which is nobody's.
CREATE FUNCTION tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('slipway.developer_id', true), '')::uuid
$$;

-- Gives every table that has no policy yet one: rows of the company, or of nobody (the platform's endpoints and jobs); rows of
-- the company's games, where a table knows the game only; and where it knows neither, rows that belong to one that is seen. The
-- column that names it is a road; where a table has several, the first of the list counts.
CREATE FUNCTION protect_rows() RETURNS void LANGUAGE plpgsql AS $$
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
