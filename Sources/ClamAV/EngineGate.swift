import CLinux
import Content
import Glibc

/// What an engine must pass before it may scan: known malware is found, harmless files are not, nothing crashes.
///
/// A signature update can do any of the three wrong and still load.
struct EngineGate {
    let configuration: ScannerPool.Configuration

    /// Tries the engine in a lane of its own.
    ///
    /// Blocks.
    func check(_ process: ScannerProcess) throws(ScanError) {
        guard let lane = try process.makeLane() else {
            throw .gateRefused(reason: "slipway-scanner ended right after loading")
        }
        defer { _ = process.endLane(lane.process) }
        for (name, bytes) in Self.harmless {
            let verdict = try self.scan(bytes, named: name, in: lane)
            switch verdict {
            case .clean: break
            // Small limits are the configuration's business.
            case .incomplete(.fileSize, _), .incomplete(.scanSize, _), .incomplete(.windows, _): break
            case .infected, .incomplete: throw .gateRefused(reason: "\(name) is clean, but \(verdict)")
            }
        }
        if process.engine.isBundledSet {
            let verdict = try self.scan(BundledSignatures.marker, named: "the EICAR test file", in: lane)
            guard case .infected = verdict else { throw .gateRefused(reason: "the EICAR test file is \(verdict)") }
        }
        for path in self.configuration.gateFiles {
            let verdict = try self.attempt(path) { () throws(ScanError) in
                let size = try OpenFile(.path(path)).size()
                return try lane.scan(.path(path), size: size, deadline: self.configuration.gateTime)
            }
            guard case .infected = verdict else {
                throw .gateRefused(reason: "\(path) must be found, but is \(verdict)")
            }
        }
    }

    private func scan(_ bytes: [UInt8], named name: String, in lane: ScannerLane) throws(ScanError) -> ScanVerdict {
        try self.attempt(name) { () throws(ScanError) in
            let file = unsafe linux_memory_file("slipway-gate")
            guard file >= 0 else { throw .unreadable(name: name, errno: errno) }
            defer { close(file) }
            let written = unsafe bytes.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
            guard written == bytes.count else { throw .unreadable(name: name, errno: errno) }
            return try lane.scan(
                .descriptor(file, name: name), size: Int64(bytes.count), deadline: self.configuration.gateTime)
        }
    }

    private func attempt(
        _ name: String, _ body: () throws(ScanError) -> ScanVerdict
    ) throws(ScanError) -> ScanVerdict {
        do {
            return try body()
        } catch {
            throw .gateRefused(reason: "\(name): \(error)")
        }
    }

    /// Text, zeros, noise, a bitmap's head and a script: small, and none of anybody's malware.
    private static var harmless: [(String, [UInt8])] {
        var noise: [UInt8] = []
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        while noise.count < 65536 {
            // xorshift64, Marsaglia 2003
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            noise.append(UInt8(truncatingIfNeeded: state >> 24))
        }
        let bitmap: [UInt8] = [0x42, 0x4d, 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40] + [UInt8](repeating: 0, count: 43)
        return [
            ("a text", Array("It was a bright cold day in April, and the build was green.\n".utf8)),
            ("a file of zeros", [UInt8](repeating: 0, count: 65536)),
            ("a file of noise", noise),
            ("a bitmap's head", bitmap),
            ("a script", Array("#!/bin/sh\nset -e\necho \"starting the game\"\nexec ./game \"$@\"\n".utf8)),
        ]
    }
}
