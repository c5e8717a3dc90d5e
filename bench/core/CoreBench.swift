import Foundation

/// The heavy core without a program around it: prints one JSON object.
///
/// `core-bench MIB ROUNDS HELPER`, where HELPER is slipway-scanner. What is compared takes turns, piece by piece, and the
/// fastest of each piece's rounds counts: what else the machine does only ever makes one slower.
@main
struct CoreBench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let mebibytes = Int(arguments[1]), let rounds = Int(arguments[2]) else {
            FileHandle.standardError.write(Data("usage: core-bench MIB ROUNDS HELPER\n".utf8))
            exit(2)
        }
        var result = try await HashingBench(mebibytes: mebibytes, rounds: rounds).run()
        result.merge(try await RecoveryBench(helper: arguments[3], rounds: rounds * 3).run()) { $1 }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        print(String(decoding: try encoder.encode(result), as: UTF8.self))
    }
}
