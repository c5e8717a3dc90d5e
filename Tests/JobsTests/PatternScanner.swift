import Content
import FoundationEssentials
import Glibc

@testable import ClamAV

/// A scanner that knows one pattern, and takes no file above a size whole.
struct PatternScanner: MalwareScanner {
    var pattern = "MARKER"
    var largest: Int64 = 10_000

    var engine: ScanEngine {
        get async {
            ScanEngine(
                engineVersion: "0", databaseVersion: "test",
                databaseDigest: Digest(bytes: [UInt8](repeating: 0, count: 32)),
                databaseDate: nil, signatureCount: 1, limitsID: "none", isBundledSet: false)
        }
    }

    func scan(_ files: [ScanRequest]) async -> [Result<ScanVerdict, ScanError>] {
        files.map { request in
            guard case .descriptor(let file, let name) = request.file else { return .failure(.shutDown) }
            var bytes = [UInt8](repeating: 0, count: Int(request.size))
            let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(file, $0.baseAddress, $0.count, 0) }
            guard count == bytes.count else { return .failure(.unreadable(name: name, errno: EIO)) }
            guard request.size <= self.largest else { return .success(.incomplete(.windows, covered: request.size)) }
            let isFound = String(decoding: bytes, as: UTF8.self).contains(self.pattern)
            return .success(
                isFound ? .infected(signature: "Test", covered: request.size) : .clean(covered: request.size))
        }
    }
}
