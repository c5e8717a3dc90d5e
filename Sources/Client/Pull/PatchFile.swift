import Content
import Delta
import LocalFiles
import Patching
import Synchronization
import Threads

/// A patch of which only the parts that are used are fetched, into a file with holes.
///
/// Every payload has a check of its own, and what the patch makes is compared with the signed manifest, so the patch
/// as a whole need not be.
final class PatchFile: Sendable {
    let reader: PatchReader
    /// Groups that make bytes for others, as the reader knows them.
    let shared: [PatchGroup]
    /// Bytes that were fetched to know what is in the patch.
    let descriptionSize: Int64
    /// From here to the end the patch is there already.
    private let fetchedFrom: Int64
    private let offer: PatchOffer
    private let file: LocalFile
    private let source: any FetchSource
    private let pool: ThreadPool
    /// Whether it could not be had any more.
    private let isGone = Mutex(false)

    /// Bytes at the end that are fetched first, a small share of the patch; mostly they hold the whole index.
    private static func tail(of size: Int64) -> Int64 { min(max(size / 32, 2 << 10), 64 << 10) }
    /// Bytes of one request.
    static let longestRun: Int64 = 4 << 20

    /// What is in a patch, as the end of its file tells.
    private struct Description {
        let file: LocalFile
        let fetchedFrom: Int64
        let reader: PatchReader
        let shared: [PatchGroup]
    }

    private init(
        _ description: Description, of offer: PatchOffer, from source: any FetchSource, on pool: ThreadPool
    ) {
        self.reader = description.reader
        self.shared = description.shared
        self.descriptionSize = Int64(PatchFrame.headerLength) + offer.size - description.fetchedFrom
        self.fetchedFrom = description.fetchedFrom
        self.offer = offer
        self.file = description.file
        self.source = source
        self.pool = pool
    }

    /// Fetches the description of a patch.
    ///
    /// - Throws: ``PatchError``, or as `source` does.
    static func opening(
        _ offer: PatchOffer, from source: any FetchSource, in folder: InstallFolder, on pool: ThreadPool
    ) async throws -> PatchFile {
        let description = try await self.description(of: offer, from: source, in: folder, on: pool)
        return PatchFile(description, of: offer, from: source, on: pool)
    }

    private static func description(
        of offer: PatchOffer, from source: any FetchSource, in folder: InstallFolder, on pool: ThreadPool
    ) async throws -> Description {
        let least = Int64(PatchFrame.headerLength + PatchFrame.trailerLength)
        guard offer.size >= least else { throw PatchError.unreadable(.notAPatch) }
        let path = "\(folder.staging)/patch-\(offer.from)"
        let file = try await pool.run { () throws -> LocalFile in
            try FileSystem.remove(path)
            let file = try LocalFile(path, mode: .update)
            try file.resize(to: offer.size)
            return file
        }
        func fetch(_ range: Range<Int64>) async throws -> [UInt8] {
            var all: [UInt8] = []
            var start = range.lowerBound
            while start < range.upperBound {
                let run = start..<min(start + Self.longestRun, range.upperBound)
                let bytes = try await source.read(run, of: .patch(from: offer.from))
                guard bytes.count == run.count else { throw PatchError.unreadable(.notAPatch) }
                try await pool.run { () throws in try file.write(bytes.span, at: run.lowerBound) }
                all += bytes
                start = run.upperBound
            }
            return all
        }
        _ = try await fetch(0..<Int64(PatchFrame.headerLength))
        let tailStart = max(Int64(PatchFrame.headerLength), offer.size - Self.tail(of: offer.size))
        let tail = try await fetch(tailStart..<offer.size)
        let trailer: (indexLength: Int, digest: Digest)
        do {
            trailer = try PatchFrame.readTrailer(tail.suffix(PatchFrame.trailerLength), size: offer.size)
        } catch {
            throw PatchError.unreadable(error)
        }
        let indexStart = offer.size - Int64(PatchFrame.trailerLength) - Int64(trailer.indexLength)
        if indexStart < tailStart { _ = try await fetch(indexStart..<tailStart) }
        // Opened again, so that its size is the patch's.
        let whole = try await pool.run { () throws -> LocalFile in try LocalFile(path, mode: .update) }
        let reader = try await pool.run { () throws -> PatchReader in try PatchReader(whole) }
        let shared = try await pool.run { () throws -> [PatchGroup] in
            let index = try whole.read(trailer.indexLength, at: indexStart)
            return try PatchIndex(index, payloads: Int64(PatchFrame.headerLength)..<indexStart).shared
        }
        return Description(file: whole, fetchedFrom: min(indexStart, tailStart), reader: reader, shared: shared)
    }

    /// Bytes that one request fetches, and the groups whose payloads they hold.
    struct Run: Equatable, Sendable {
        /// Empty when the payloads are there already.
        var range: Range<Int64>
        var groups: [Int]
    }

    /// Bytes of a group's payload that have to be fetched.
    func missing(of group: PatchGroup) -> Range<Int64> {
        let end = min(group.offset + Int64(group.payload), self.fetchedFrom)
        return min(group.offset, end)..<end
    }

    /// Joins payloads that lie side by side.
    ///
    /// - Parameter groups: ascending, as their payloads lie in the patch.
    func runs(of groups: [Int]) -> [Run] {
        var runs: [Run] = []
        for index in groups {
            let range = self.missing(of: self.reader.groups[index])
            if let last = runs.last?.range, range.lowerBound <= last.upperBound + PackRun.widestGap,
                range.upperBound - last.lowerBound <= Self.longestRun
            {
                runs[runs.count - 1].range = last.lowerBound..<max(last.upperBound, range.upperBound)
                runs[runs.count - 1].groups.append(index)
            } else {
                runs.append(Run(range: range, groups: [index]))
            }
        }
        return runs
    }

    /// Memory that applying a group takes, about.
    func cost(of index: Int) -> Int {
        let group = self.reader.groups[index]
        return group.inputLength + 2 * group.outputLength + 2 * group.payload
    }

    /// Fetches payloads into the file, in requests of bounded size.
    ///
    /// - Returns: false when they cannot be had: a service keeps no patch for ever. Nothing of the patch is asked for then any
    ///   more; where it is the network that fails, chunks show it.
    func fetch(_ range: Range<Int64>) async throws -> Bool {
        var start = range.lowerBound
        while start < range.upperBound {
            guard !self.isGone.withLock({ $0 }) else { return false }
            let run = start..<min(start + Self.longestRun, range.upperBound)
            guard let bytes = try await self.read(run) else {
                self.isGone.withLock { $0 = true }
                return false
            }
            try await self.pool.run { () throws in try self.file.write(bytes.span, at: run.lowerBound) }
            start = run.upperBound
        }
        return true
    }

    private func read(_ range: Range<Int64>) async throws -> [UInt8]? {
        do {
            let bytes = try await self.source.read(range, of: .patch(from: self.offer.from))
            return bytes.count == range.count ? bytes : nil
        } catch let error as CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            return nil
        }
    }

    /// Makes the bytes of one group as the output of `room`.
    ///
    /// Blocks.
    func apply(_ index: Int, old: (Int) throws -> any ByteSource, in room: inout PatchRoom) throws {
        try self.reader.apply(self.reader.groups[index], old: old, in: &room)
    }

    /// Removes the file.
    ///
    /// Blocks.
    func remove() throws { try FileSystem.remove(self.file.path) }
}
