-- Has the second wall reach what is not a table of companies or games: tables made since the last call, and views.
--
-- Locks:  ACCESS EXCLUSIVE on each table for the moment of enabling.
-- Undo:   ALTER TABLE … DISABLE ROW LEVEL SECURITY of each; ALTER VIEW … SET (security_invoker = false).

SELECT protect_rows();

-- A view reads with the rights of its owner, whom no policy holds, unless it says otherwise.
ALTER VIEW team_member_roles SET (security_invoker = true);
ALTER VIEW api_keys SET (security_invoker = true);
ALTER VIEW job_status SET (security_invoker = true);
