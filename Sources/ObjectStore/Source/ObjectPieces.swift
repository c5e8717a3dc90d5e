import Content
import NIOCore
import Threads

/// The pieces of an object that were fetched, and the requests for others.
///
/// `@unchecked Sendable`: every variable is touched under `monitor` only.
@safe final class ObjectPieces: @unchecked Sendable {
    let info: ObjectInfo
    private let store: any ObjectStore
    /// Bytes in a piece.
    private let length: Int64
    private let monitor = Monitor()
    private var plan: ReadAhead
    private var bytes: [Int: [UInt8]] = [:]
    private var requests: [Int: Task<Void, Never>] = [:]
    private var lastRequest = 0
    /// Why the last request for a piece failed; told to one who waits for it.
    private var failures: [Int: ObjectStoreError] = [:]

    init(_ info: ObjectInfo, in store: any ObjectStore, shape: ReadAhead.Shape) {
        self.info = info
        self.store = store
        self.length = shape.pieceLength
        self.plan = ReadAhead(size: info.size, shape: shape)
    }

    /// Gives up what is under way.
    func close() {
        self.monitor.lock()
        let requests = self.requests.values
        self.monitor.unlock()
        for request in requests { request.cancel() }
    }

    /// - Parameter range: within the object, and of fewer pieces than are kept; blocks until they are there.
    func read(_ range: Range<Int64>) throws(ObjectStoreError) -> [UInt8] {
        guard !range.isEmpty else { return [] }
        let places = Int(range.lowerBound / self.length)..<Int((range.upperBound - 1) / self.length) + 1
        self.monitor.lock()
        defer { self.monitor.unlock() }
        // What failed before this read began is tried again for it.
        for place in places { self.failures[place] = nil }
        while true {
            for place in places {
                if let failure = self.failures.removeValue(forKey: place) { throw failure }
            }
            for request in self.plan.ask(for: places) { self.begin(request) }
            if self.plan.isThere(places) { break }
            self.monitor.wait()
        }
        let result = self.gather(range, from: places)
        self.plan.used(places)
        return result
    }

    private func gather(_ range: Range<Int64>, from places: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Int(range.upperBound - range.lowerBound))
        for place in places {
            guard let bytes = self.bytes[place] else { continue }
            let start = self.start(of: place)
            let first = Int(max(range.lowerBound - start, 0))
            let end = Int(min(range.upperBound - start, Int64(bytes.count)))
            result.append(contentsOf: bytes[first..<end])
        }
        return result
    }

    /// Caller holds the monitor.
    private func begin(_ places: Range<Int>) {
        self.lastRequest += 1
        let number = self.lastRequest
        // Readers block their threads, so requests run on the threads that all tasks share.
        self.requests[number] = Task.detached {
            await self.fetch(places)
            self.end(number)
        }
    }

    private func end(_ number: Int) {
        self.monitor.lock()
        self.requests[number] = nil
        self.monitor.unlock()
    }

    private func fetch(_ places: Range<Int>) async {
        var next = places.lowerBound
        do throws(ObjectStoreError) {
            let range = self.start(of: next)..<self.start(of: places.upperBound)
            let content = try await self.store.get(self.info.key, range: range)
            guard content.info.etag == self.info.etag, content.range == range else { throw .conflict(self.info.key) }
            var iterator = content.makeAsyncIterator()
            var piece: [UInt8] = []
            while let buffer = try await iterator.next() {
                let bytes = buffer.readableBytesView
                var start = bytes.startIndex
                while start < bytes.endIndex, next < places.upperBound {
                    let size = Int(self.start(of: next + 1) - self.start(of: next))
                    let count = min(size - piece.count, bytes.endIndex - start)
                    if piece.isEmpty { piece.reserveCapacity(size) }
                    piece.append(contentsOf: bytes[start..<start + count])
                    start += count
                    guard piece.count == size else { continue }
                    self.take(piece, at: next)
                    piece = []
                    next += 1
                }
            }
            guard next == places.upperBound else {
                throw .sizeMismatch(
                    expected: ByteCount(range.upperBound - range.lowerBound),
                    got: ByteCount(self.start(of: next) + Int64(piece.count) - range.lowerBound))
            }
        } catch {
            self.fail(next..<places.upperBound, error)
        }
    }

    /// Where a piece begins, and the one before it ends.
    private func start(of place: Int) -> Int64 { min(Int64(place) * self.length, self.info.size) }

    private func take(_ piece: [UInt8], at place: Int) {
        self.monitor.lock()
        self.bytes[place] = piece
        self.plan.arrived(place)
        for place in self.plan.evict() { self.bytes[place] = nil }
        self.monitor.unlock()
        self.monitor.broadcast()
    }

    private func fail(_ places: Range<Int>, _ error: ObjectStoreError) {
        self.monitor.lock()
        for place in places { self.failures[place] = error }
        self.plan.failed(places)
        self.monitor.unlock()
        self.monitor.broadcast()
    }
}
