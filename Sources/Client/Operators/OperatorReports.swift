public import FoundationEssentials

extension OperatorText {
    /// Every pool in one line: what waits, what runs, and what was said.
    public static func pools(_ pools: [PoolDocument]) -> String {
        var table = TextTable([
            ("POOL", .left), ("READY", .right), ("HELD", .right), ("LATER", .right), ("PARKED", .right),
            ("RUNNING", .right), ("SLOTS", .right), ("WORKERS", .right), ("OLDEST", .right), ("SET", .left),
        ])
        for pool in pools {
            let said = [
                self.limits(pool.queueSettings), pool.allNodes.map(self.setting) ?? "",
                pool.nodes.isEmpty ? "" : "\(pool.nodes.count) nodes of their own",
            ].filter { !$0.isEmpty && $0 != "nothing set" }
            table.add([
                pool.queue, self.count(pool.depth.ready), self.count(pool.depth.held), self.count(pool.depth.later),
                self.count(pool.depth.parked), "\(pool.depth.running)",
                "\(pool.workers.reduce(0) { $0 + $1.concurrency })", "\(pool.workers.count)",
                self.age(pool.depth.oldestAge), said.joined(separator: "; "),
            ])
        }
        return table.isEmpty ? "there are no queues yet" : table.text
    }

    /// One pool in full.
    public static func pool(_ pool: PoolDocument) -> String {
        let limits = self.limits(pool.queueSettings)
        var lines = [
            "queue \(pool.queue): \(limits.isEmpty ? "no limits" : limits)",
            "  ready \(self.count(pool.depth.ready)), held \(self.count(pool.depth.held)), later "
                + "\(self.count(pool.depth.later)), parked \(self.count(pool.depth.parked)), running "
                + "\(pool.depth.running), oldest \(self.age(pool.depth.oldestAge))",
            "  all nodes: \(pool.allNodes.map(self.setting) ?? "nothing set")",
        ]
        for node in pool.nodes { lines.append("  node \(node.node ?? "-"): \(self.setting(node))") }
        guard !pool.workers.isEmpty else { return (lines + ["  no worker serves it"]).joined(separator: "\n") }
        var table = TextTable([
            ("WORKER", .left), ("NODE", .left), ("MODE", .left), ("RUNNING", .right), ("SLOTS", .right),
            ("WAITING", .right), ("PREFETCH", .right),
        ])
        for worker in pool.workers {
            table.add([
                worker.name, worker.node.isEmpty ? "-" : worker.node, worker.mode, "\(worker.running)",
                "\(worker.concurrency)", "\(worker.waiting)", "\(worker.prefetch)",
            ])
        }
        return (lines + table.lines().map { "  " + $0 }).joined(separator: "\n")
    }

    public static func keys(_ keys: [QueueKeyDocument]) -> String {
        var table = TextTable([
            ("KEY", .left), ("WEIGHT", .right), ("CAP", .right), ("USED", .right), ("HELD", .right),
        ])
        for key in keys {
            table.add([key.key, "\(key.weight)", self.limit(key.cap), "\(key.used)", self.count(key.held)])
        }
        return table.isEmpty ? "no job of it has a key" : table.text
    }

    public static func rates(_ rates: [QueueRateDocument]) -> String {
        var table = TextTable([("OF", .left), ("NAME", .left), ("RATE", .right), ("BURST", .right), ("NOW", .right)])
        for rate in rates {
            table.add([
                rate.kind == nil ? "key" : "kind", rate.kind ?? rate.key ?? "", self.rate(rate.rate.perSecond),
                "\(rate.rate.burst)", "\(max(0, Int(rate.tokens)))",
            ])
        }
        return table.isEmpty ? "no kind or key of it has a rate" : table.text
    }

    public static func audit(_ entries: [AuditDocument]) -> String {
        var table = TextTable([("WHEN", .left), ("WHO", .left), ("WHAT", .left), ("OF", .left)])
        for entry in entries { table.add([entry.at, entry.actor, entry.action, entry.subject]) }
        return table.isEmpty ? "nobody has changed anything" : table.text
    }

    public static func jobs(_ jobs: [OperatorJobDocument], now: Date) -> String {
        var table = TextTable([
            ("JOB", .right), ("KIND", .left), ("QUEUE", .left), ("STATE", .left), ("TRY", .right), ("AGE", .right),
            ("DONE", .right), ("WHAT", .left),
        ])
        for job in jobs {
            table.add([
                job.id, job.kind, job.queue, job.held ? "held" : job.state, "\(job.attempt)/\(job.maxAttempts)",
                self.age(since: job.createdAt, at: now), self.progress(job.progress),
                job.failure.map { "\($0.code): \($0.message)" } ?? job.key ?? "",
            ])
        }
        return table.isEmpty ? "no jobs" : table.text
    }

    public static func job(_ detail: OperatorJobDetailDocument, now: Date) -> String {
        let job = detail.job
        var lines = [
            "job \(job.id), \(job.kind), in \(job.queue): \(job.held ? "held" : job.state)", "  \(detail.why.message)",
            "  attempt \(job.attempt) of \(job.maxAttempts), priority \(job.priority), created "
                + "\(self.age(since: job.createdAt, at: now)) ago",
        ]
        if let key = job.key { lines.append("  key \(key)") }
        if let version = job.versionId { lines.append("  version \(version)") }
        if job.progress.share != nil { lines.append("  \(self.progress(job.progress)) done") }
        if let failure = job.failure {
            lines.append("  failed: \(failure.code): \(failure.message)")
            if let hint = failure.hint { lines.append("  hint: \(hint)") }
        }
        if !detail.parents.isEmpty { lines.append("  waits for \(detail.parents.joined(separator: ", "))") }
        if !detail.followers.isEmpty { lines.append("  waited for by \(detail.followers.joined(separator: ", "))") }
        for attempt in detail.attempts {
            let end = attempt.failure.map { "\(attempt.end), \($0.code)" } ?? attempt.end
            lines.append("  attempt \(attempt.attempt): \(end) at \(attempt.finishedAt)")
        }
        return lines.joined(separator: "\n")
    }

    public static func bulk(_ result: BulkDocument) -> String {
        let done = ["retry": "retried", "cancel": "cancelled", "discard": "discarded"][result.action] ?? result.action
        var text =
            result.dryRun
            ? "\(result.changed) of \(result.matched) jobs would be \(done); nothing was changed"
            : "\(result.changed) of \(result.matched) jobs were \(done)"
        if let followers = result.followers, followers > 0 {
            text += "\n\(followers) that were cancelled because of them came back, too"
        }
        if !result.sample.isEmpty { text += "\nfirst: \(result.sample.prefix(10).joined(separator: ", "))" }
        if result.truncated { text += "\nmore match than one call changes: run it again" }
        return text
    }
}
