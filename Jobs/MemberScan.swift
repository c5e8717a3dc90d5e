import Archives
import ClamAV
import Content
import Staging

/// Scans an archive member by member, where the engine by itself stops short.
///
/// libclamav opens archives inside a build, but up to its limits, and not the formats it does not know. Where it says that
/// it did not get through, or could not have got in, we unpack within our own limits and have every member scanned as a
/// file of its own. All members clean makes the archive clean; anything else makes it what the worst member is. An archive
/// that we refuse to open keeps the verdict it had.
struct MemberScan {
    let scan: ContentScan
    let scratch: StagingScratch

    /// Archives in archives that we follow by ourselves, beyond those libclamav follows in each member.
    private static let deepest = 8
    private static let bufferLength = 1 << 20

    /// The verdict on a file, given the engine's on the file as a whole.
    func verdict(of subject: ScanSubject, whole: ScanVerdict) async throws -> ScanVerdict {
        try await self.verdict(of: subject, whole: whole, depth: 0)
    }

    private func verdict(of subject: ScanSubject, whole: ScanVerdict, depth: Int) async throws -> ScanVerdict {
        guard depth < Self.deepest, try self.mayImprove(whole, of: subject) else { return whole }
        var reader: ArchiveReader
        do throws(ArchiveError) {
            reader = try ArchiveReader(source: subject.source, limits: self.scan.limits)
        } catch {
            return try self.refused(error, whole: whole)
        }
        var worst: ScanVerdict?
        while true {
            try Task.checkCancellation()
            let member: BuildPath
            do {
                guard let entry = try reader.nextEntry() else { break }
                guard case .file(let path, _, _) = entry else { continue }
                member = path
                try self.unpack(&reader, at: depth)
            } catch let error as ArchiveError {
                return try self.refused(error, whole: worst ?? whole)
            }
            let name = "member-\(depth)"
            let inner = ScanSubject(path: member, source: try self.scratch.open(name))
            guard let outer = try await self.scan.verdicts(of: [inner]).first else { continue }
            let verdict = try await self.verdict(of: inner, whole: outer, depth: depth + 1)
            try self.scratch.remove(name)
            switch verdict {
            case .clean: break
            case .infected: return verdict
            case .incomplete: worst = worst ?? verdict
            }
        }
        switch worst {
        case .incomplete(let reason, _)?: return .incomplete(reason, covered: whole.covered)
        default: return .clean(covered: subject.source.size)
        }
    }

    private func mayImprove(_ whole: ScanVerdict, of subject: ScanSubject) throws -> Bool {
        let size = Int(min(subject.source.size, Int64(ArchiveFormat.headLength)))
        guard let format = ArchiveFormat(head: try subject.source.read(size, at: 0)) else { return false }
        switch whole {
        case .infected: return false
        case .clean: return format == .tarZstd
        case .incomplete(let reason, _):
            switch reason {
            case .fileSize, .scanSize, .recursion, .fileCount, .scanTime, .windows: return true
            case .otherLimit, .encrypted, .unread, .resources: return false
            }
        }
    }

    private func unpack(_ reader: inout ArchiveReader, at depth: Int) throws {
        try self.scratch.remove("member-\(depth)")
        var writer = try self.scratch.create("member-\(depth)")
        var buffer = [UInt8](repeating: 0, count: Self.bufferLength)
        while true {
            let count = try reader.read(into: &buffer)
            guard count > 0 else { break }
            try writer.write(buffer.span.extracting(first: count))
        }
        writer.close()
    }

    /// What a refusal means: a bomb was not looked at whole, whatever the engine thinks of it.
    private func refused(_ error: ArchiveError, whole: ScanVerdict) throws -> ScanVerdict {
        switch error {
        case .unreadable: throw error
        case .refused(let problem):
            switch problem.kind {
            case .bomb, .tooManyEntries, .entryTooLarge, .tooLarge, .tookTooLong:
                guard case .clean = whole else { return whole }
                return .incomplete(.scanSize, covered: whole.covered)
            default: return whole
            }
        }
    }
}
