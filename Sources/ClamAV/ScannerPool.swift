import Threads

/// Scans files with libclamav, in sandboxed processes that may crash without harm.
///
/// A helper program loads the signatures once and forks *lanes* from the loaded engine. A lane scans one file at a time,
/// which reaches it as an open descriptor; a lane that crashes, hangs or misbehaves is killed and costs a fork, not a
/// reload. A helper that dies is started again, later and later while that fails.
///
/// A loaded engine takes memory: about 1.5 GB with the full official set, twice that during ``reload()`` and the new
/// engine's probation, never more.
public actor ScannerPool: MalwareScanner {
    public nonisolated let configuration: Configuration
    let threads: ThreadPool
    private let turns: Turns
    private var process: ScannerProcess
    private var idle: [ScannerLane] = []
    private var busy: [ObjectIdentifier: (lane: ScannerLane, process: ScannerProcess)] = [:]
    /// Lanes being forked, by the engine they are forked from.
    private var forks: [ObjectIdentifier: Int] = [:]
    private var starting: Task<ScanError?, Never>?
    private var failedStarts = 0
    private var isShutDown = false
    private var isReloading = false
    /// While signatures are new, the engine before them, still loaded.
    private var probation: Probation?
    /// Signature files that were loaded, or nearly, and did not do: not tried again until they change.
    private var refused: [SignatureDirectory.Entry]?

    /// Loads the signatures and checks the engine; takes half a minute with a full set.
    ///
    /// - Throws: ``ScanError``; what to do about it is said there.
    public static func start(_ configuration: Configuration) async throws(ScanError) -> ScannerPool {
        precondition(configuration.lanes >= 1 && configuration.filesPerLane >= 1, "a pool scans at least one file")
        // Beyond the lanes', one thread starts engines and one ends lanes and engines.
        let threads = ThreadPool(name: "scanner", threads: configuration.lanes + 2)
        let process = try await Self.startProcess(configuration, on: threads)
        return ScannerPool(configuration, threads: threads, process: process)
    }

    private init(_ configuration: Configuration, threads: ThreadPool, process: ScannerProcess) {
        self.configuration = configuration
        self.threads = threads
        self.turns = Turns(configuration.lanes)
        self.process = process
    }

    public var engine: ScanEngine { self.process.engine }

    /// What the lanes gave up; nil while there is none.
    public var sandbox: ScanSandbox? { (self.idle.last ?? self.busy.values.first?.lane)?.sandbox }

    /// For people and tests: the numbers of the helper and of its lanes in the system.
    public var processes: (helper: Int32?, lanes: [Int32]) {
        (self.process.identifier, (self.idle + self.busy.values.map(\.lane)).map(\.process))
    }

    /// For people and tests: the numbers of the lanes that have a file in hand.
    public var scanning: [Int32] { self.busy.values.map(\.lane).filter(\.hasFile).map(\.process) }

    public func scan(_ files: [ScanRequest]) async -> [Result<ScanVerdict, ScanError>] {
        var outcomes: [Result<ScanVerdict, ScanError>] = []
        while outcomes.count < files.count {
            do throws(ScanError) {
                let some = try await self.scanOnOneLane(files[outcomes.count...])
                outcomes += some
            } catch {
                // Without a lane nothing is known of the rest.
                let left = files.count - outcomes.count
                outcomes += [Result<ScanVerdict, ScanError>](repeating: .failure(error), count: left)
            }
        }
        return outcomes
    }

    /// - Returns: the outcomes of the first files, as far as one lane came; at least one.
    private func scanOnOneLane(
        _ files: ArraySlice<ScanRequest>
    ) async throws(ScanError) -> [Result<ScanVerdict, ScanError>] {
        try await self.turns.take()
        defer { self.turns.give() }
        let (lane, process) = try await self.takeLane()
        let some = files.prefix(max(1, self.configuration.filesPerLane - lane.scanned))
        var outcomes = await withTaskCancellationHandler {
            await self.threads.run { lane.scan(some) }
        } onCancel: {
            lane.cancel()
        }
        await self.judge(process, by: outcomes)
        if self.isFit(lane, of: process, after: outcomes.last) {
            self.busy[ObjectIdentifier(lane)] = nil
            self.idle.append(lane)
            return outcomes
        }
        let signal = await self.end(lane, of: process)
        if case .failure(.crashed(nil))? = outcomes.last {
            outcomes[outcomes.count - 1] = .failure(.crashed(signal: signal))
        }
        return outcomes
    }

    /// Loads the signatures anew beside the engine in use, checks the new engine, and changes over.
    ///
    /// Scans go on meanwhile, and those under way finish on the old engine. On failure the old engine stays. For a while it
    /// stays loaded: when the new one makes lanes crash or hang, the pool goes back to it at once.
    ///
    /// - Throws: ``ScanError/databaseBroken(directory:output:)``, ``ScanError/gateRefused(reason:)`` and whatever else
    ///   ``start(_:)`` throws; ``ScanError/helperFailed(reason:)`` while another reload runs or the last one is on
    ///   probation.
    public func reload() async throws(ScanError) -> SignatureReload {
        guard !self.isShutDown else { throw .shutDown }
        await self.endProbation()
        guard !self.isReloading, self.probation == nil else {
            throw .helperFailed(reason: "another reload is under way")
        }
        self.isReloading = true
        defer { self.isReloading = false }
        let start = ContinuousClock.now
        let before = self.process.engine
        let fresh = try await Self.startProcess(self.configuration, on: self.threads)
        guard !self.isShutDown else {
            await self.threads.run { fresh.end() }
            throw .shutDown
        }
        self.refused = nil
        if self.configuration.probation > .zero {
            self.probation = Probation(of: fresh, after: self.process, until: .now + self.configuration.probation)
        }
        await self.change(to: fresh)
        return SignatureReload(before: before, after: fresh.engine, duration: .now - start)
    }

    /// Reloads if the signature files look different from when they were loaded; meant to be called now and then.
    ///
    /// - Returns: nil when they look the same, or as they did when they were refused, or the last ones are on probation.
    /// - Throws: as ``reload()``.
    public func reloadIfChanged() async throws(ScanError) -> SignatureReload? {
        await self.endProbation()
        guard self.probation == nil else { return nil }
        let configuration = self.configuration
        let (now, fingerprint) = try await self.threads.run { () throws(ScanError) in
            let now = try SignatureDirectory.resolve(
                configuration.databaseDirectory, bundledBelow: configuration.bundledDirectory)
            return (now, now.fingerprint)
        }
        guard now != self.process.signatures || fingerprint != self.process.fingerprint, fingerprint != self.refused
        else { return nil }
        do throws(ScanError) {
            return try await self.reload()
        } catch {
            switch error {
            case .databaseBroken, .gateRefused: self.refused = fingerprint
            default: break
            }
            throw error
        }
    }

    /// Whether new signatures serve with the ones before them at hand.
    public var isOnProbation: Bool { self.probation != nil }

    /// Takes note of how an engine on probation does, and goes back to the one before it when it does badly.
    private func judge(_ process: ScannerProcess, by outcomes: [Result<ScanVerdict, ScanError>]) async {
        guard var probation = self.probation, probation.process === process else { return }
        probation.note(outcomes)
        self.probation = probation
        if probation.isFailed { await self.rollBack(probation) }
    }

    private func rollBack(_ probation: Probation) async {
        self.probation = nil
        self.refused = probation.process.fingerprint
        await self.change(to: probation.predecessor)
    }

    /// Ends the old engine when the new one has served its time.
    private func endProbation() async {
        guard let probation = self.probation, probation.isOver(.now) else { return }
        self.probation = nil
        await self.retire(probation.predecessor)
    }

    /// Ends all scans under way, with ``ScanError/cancelled``, and the helper.
    ///
    /// A second call does nothing.
    public func shutdown() async {
        guard !self.isShutDown else { return }
        self.isShutDown = true
        for (lane, _) in self.busy.values { lane.cancel() }
        self.idle = []
        self.starting?.cancel()
        _ = await self.starting?.value
        let process = self.process
        let predecessor = self.probation?.predecessor
        self.probation = nil
        await self.threads.run {
            process.end()
            predecessor?.end()
        }
    }

    // MARK: - Lanes

    private func takeLane() async throws(ScanError) -> (ScannerLane, ScannerProcess) {
        // Lanes and engines may have died unnoticed; more than one each is no accident.
        for _ in 1...self.configuration.lanes + 3 {
            try await self.awaitEngine()
            let process = self.process
            if let lane = self.idle.popLast() {
                self.busy[ObjectIdentifier(lane)] = (lane, process)
                if lane.isAlive { return (lane, process) }
                _ = await self.end(lane, of: process)
                continue
            }
            self.forks[ObjectIdentifier(process), default: 0] += 1
            let made = await self.threads.run { Result { () throws(ScanError) in try process.makeLane() } }
            self.forks[ObjectIdentifier(process), default: 0] -= 1
            guard let lane = try made.get() else {
                await self.retire(process)
                continue
            }
            self.busy[ObjectIdentifier(lane)] = (lane, process)
            guard !self.isShutDown else {
                _ = await self.end(lane, of: process)
                throw .shutDown
            }
            return (lane, process)
        }
        throw .helperFailed(reason: "slipway-scanner keeps ending")
    }

    /// Whether a lane may take another file.
    private func isFit(
        _ lane: ScannerLane, of process: ScannerProcess, after last: Result<ScanVerdict, ScanError>?
    ) -> Bool {
        guard let last, last.leavesLaneFit else { return false }
        return lane.scanned < self.configuration.filesPerLane && process === self.process && !self.isShutDown
            && lane.isAlive
    }

    /// - Returns: the signal that ended it, if known.
    private func end(_ lane: ScannerLane, of process: ScannerProcess) async -> Int32? {
        let signal = await self.threads.run { process.endLane(lane.process) }
        self.busy[ObjectIdentifier(lane)] = nil
        await self.retire(process)
        return signal
    }

    // MARK: - Engines

    private static func startProcess(
        _ configuration: Configuration, on threads: ThreadPool
    ) async throws(ScanError) -> ScannerProcess {
        let ticket = StartTicket()
        return try await withTaskCancellationHandler {
            await threads.run {
                Result { () throws(ScanError) in
                    let process = try ScannerProcess(configuration, ticket: ticket)
                    do throws(ScanError) {
                        try EngineGate(configuration: configuration).check(process)
                    } catch {
                        process.end()
                        throw ticket.isCancelled ? .cancelled : error
                    }
                    return process
                }
            }
        } onCancel: {
            ticket.cancel()
        }.get()
    }

    /// Returns when the current engine answers; starts another if it does not.
    private func awaitEngine() async throws(ScanError) {
        guard !self.isShutDown else { throw .shutDown }
        if self.process.isAlive { return }
        if let probation = self.probation, probation.process === self.process {
            await self.rollBack(probation)
            if self.process.isAlive { return }
        }
        let starting = self.starting ?? self.beginRestart()
        self.starting = starting
        if let error = await starting.value { throw error }
        guard !self.isShutDown else { throw .shutDown }
    }

    /// 0 s before the first attempt, then 0.25 s, 0.5 s … 32 s.
    private func beginRestart() -> Task<ScanError?, Never> {
        let delay: Duration = self.failedStarts == 0 ? .zero : .milliseconds(125 << min(self.failedStarts, 8))
        return Task {
            defer { self.starting = nil }
            do throws(ScanError) {
                do { try await Task.sleep(for: delay) } catch { throw ScanError.shutDown }
                let fresh = try await Self.startProcess(self.configuration, on: self.threads)
                self.failedStarts = 0
                await self.change(to: fresh)
                return nil
            } catch {
                self.failedStarts += 1
                return error
            }
        }
    }

    /// Makes an engine the current one; the old one ends when its last scan does.
    private func change(to fresh: ScannerProcess) async {
        let old = self.process
        self.process = fresh
        let lanes = self.idle
        self.idle = []
        await self.threads.run { for lane in lanes { _ = old.endLane(lane.process) } }
        await self.retire(old)
    }

    /// Ends an engine that is no longer the current one and that nobody scans with.
    private func retire(_ process: ScannerProcess) async {
        guard process !== self.process, process !== self.probation?.predecessor,
            self.forks[ObjectIdentifier(process), default: 0] == 0,
            !self.busy.values.contains(where: { $0.process === process })
        else { return }
        self.forks[ObjectIdentifier(process)] = nil
        await self.threads.run { process.end() }
    }
}
