import HTTPTypes
import Storefront

extension RouteTable {
    /// Jobs that are done to a company's builds.
    static let jobs: [RouteDeclaration] = [
        route(.listJobs, .get, "/jobs", .permission(.buildsStatus), "List jobs", nil, 200, "JobList"),
        route(.getJob, .get, "/jobs/{job_id}", .permission(.buildsStatus), "Read a job", nil, 200, "Job")
            .checkingGames(),
        route(.watchJob, .get, "/jobs/{job_id}/events", .permission(.buildsStatus), "Watch a job", nil, 200, nil)
            .checkingGames(),
        route(.cancelJob, .post, "/jobs/{job_id}/cancel", .permission(.buildsWrite), "Cancel a job", nil, 200, "Job")
            .checkingGames(),
        route(.retryJob, .post, "/jobs/{job_id}/retry", .permission(.buildsWrite), "Run a job again", nil, 202, "Job")
            .checkingGames(),
    ]
}
