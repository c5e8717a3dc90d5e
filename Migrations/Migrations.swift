/// Every migration, in order: a new one is a file in `sql` and a line here.
///
/// SwiftPM turns each file into an array of bytes, and the first digit of its name into an underscore.
public enum Migrations {
    public static let all: [Migration] = [
        Migration("0001_create_developer_service", PackageResources._001_create_developer_service_sql),
        Migration("0002_create_job_queue", PackageResources._002_create_job_queue_sql),
        Migration("0003_create_builds", PackageResources._003_create_builds_sql),
        Migration("0004_create_outbox", PackageResources._004_create_outbox_sql),
        Migration("0005_create_audit_log", PackageResources._005_create_audit_log_sql),
        Migration("0006_create_request_conventions", PackageResources._006_create_request_conventions_sql),
        Migration("0007_add_company_care", PackageResources._007_add_company_care_sql),
        Migration("0008_extend_access_and_platform", PackageResources._008_extend_access_and_platform_sql),
        Migration("0009_protect_rows", PackageResources._009_protect_rows_sql),
        Migration("0010_create_store_pages", PackageResources._010_create_store_pages_sql),
        Migration("0011_create_releases", PackageResources._011_create_releases_sql),
        Migration("0015_create_finance", PackageResources._015_create_finance_sql),
        Migration("0016_create_analytics", PackageResources._016_create_analytics_sql),
        Migration("0025_revive_followers", PackageResources._025_revive_followers_sql),
        Migration("0026_pace_jobs", PackageResources._026_pace_jobs_sql),
        Migration("0035_create_scan_reports", PackageResources._035_create_scan_reports_sql),
        Migration("0040_add_provenance", PackageResources._040_add_provenance_sql),
        Migration("0041_create_player_reviews", PackageResources._041_create_player_reviews_sql),
        Migration("0042_protect_rows_by_parent", PackageResources._042_protect_rows_by_parent_sql),
        Migration("0043_retain_audit_log", PackageResources._043_retain_audit_log_sql),
        Migration("0044_carry_traces", PackageResources._044_carry_traces_sql),
        Migration("0045_name_listeners", PackageResources._045_name_listeners_sql),
        Migration("0055_create_patch_budget", PackageResources._055_create_patch_budget_sql),
        Migration("0056_split_patches", PackageResources._056_split_patches_sql),
        Migration("0057_count_installs", PackageResources._057_count_installs_sql),
        Migration("0060_account_storage", PackageResources._060_account_storage_sql),
        Migration("0061_meter_patches", PackageResources._061_meter_patches_sql),
    ]
}
