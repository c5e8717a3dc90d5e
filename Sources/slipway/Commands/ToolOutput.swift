import ArgumentParser
import Foundation
import LocalFiles
import ObjectStore
import Patching
import Staging

/// How the commands of `slipway tool` say what came out, and what went wrong.
struct ToolOutput: ParsableArguments {
    @Flag(help: "Print the result as one JSON object.") var json = false

    /// Prints a result: as JSON, or as a person reads it.
    func show(_ result: some Encodable, _ text: @autoclosure () -> String) throws {
        guard self.json else {
            print(text())
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        print(String(decoding: try encoder.encode(result), as: UTF8.self))
    }

    /// Does a command's work, and explains the errors of our own parts.
    static func explaining<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as PatchError {
            throw ToolError(description: error.explanation)
        } catch let error as StagingError {
            throw ToolError(description: error.explanation)
        } catch let error as LocalFileError {
            throw ToolError(description: "\(error.description). Nothing was written.")
        } catch let error as ObjectStoreError {
            throw ToolError(description: "the store failed: \(error). \(error.hint)")
        }
    }
}

/// What a person reads instead of an error's own description.
struct ToolError: Error, CustomStringConvertible {
    let description: String
}

extension PatchError {
    fileprivate var explanation: String {
        switch self {
        case .wrongResult:
            "the patch was made from another file than OLD. Nothing was written; give the file it was made from."
        case .unreadable(let reason): "PATCH is not a patch of ours, or it is damaged (\(reason)). Fetch it again."
        case .damagedIndex, .damagedPayload: "PATCH is damaged. Fetch it again."
        case .oldFileTooShort(_, let size, let needed):
            "OLD has \(size) bytes, and the patch reads up to byte \(needed): it was made from another file."
        case .cancelled: "stopped."
        case .outOfMemory: "there is not enough memory. Give less with --memory."
        case .invalidTarget: "NEW is too large for a patch."
        }
    }
}

extension StagingError {
    fileprivate var explanation: String {
        switch self {
        case .missing(let path): "there is no file \(path)."
        case .intruded(let path): "\(path) is not a plain file, or its path leads through a link."
        case .exists(let path): "\(path) exists already."
        case .diskFull: "the disk is full. Make room and start again."
        case .diskFailed(let call): "the disk failed (\(call)). See the system's log."
        case .endOfFile(let offset, _, let size):
            "a file became shorter while it was read: \(size) bytes, not \(offset)."
        case .tooManyOpenFiles: "too many files are open. Raise the limit (ulimit -n)."
        case .system(let call, let code): "\(call) failed: \(LocalFileError.reason(ofSystemError: code))."
        }
    }
}
