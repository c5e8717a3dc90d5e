import AsyncHTTPClient
import Foundation
import ObjectStore
import Threads

/// Runs our own client, for `bench/run s3` to measure and to draw conclusions from.
///
/// - `s3-bench up|down ENDPOINT BUCKET PREFIX FOLDER` moves a whole folder; prints nothing when all went well.
/// - `s3-bench network ENDPOINT BUCKET OBJECTS PERCENT SEED` moves objects through a network that breaks.
/// - `s3-bench pace ENDPOINT BUCKET RATE SECONDS` asks for more than a store takes.
///
/// Credentials are those of the environment. The last two print one line of JSON.
@main
struct S3Bench {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 5, let endpoint = S3Endpoint(arguments[1]) else { self.explain() }
        let bench = Bench(endpoint: endpoint, bucket: arguments[2])
        do throws(ObjectStoreError) {
            switch (arguments[0], arguments.count) {
            case ("up", 5): try await bench.sendFolder(arguments[4], prefix: arguments[3])
            case ("down", 5): try await bench.fetchFolder(arguments[4], prefix: arguments[3])
            case ("network", 6):
                guard let objects = Int(arguments[3]), let percent = Int(arguments[4]), let seed = UInt64(arguments[5])
                else { self.explain() }
                print(try await bench.crossNetwork(objects: objects, percent: percent, seed: seed))
            case ("pace", 5):
                guard let rate = Int(arguments[3]), let seconds = Int(arguments[4]) else { self.explain() }
                print(try await bench.keepPace(rate: rate, seconds: seconds))
            default: self.explain()
            }
        } catch {
            FileHandle.standardError.write(Data("\(error): \(error.hint)\n".utf8))
            exit(1)
        }
    }

    private static func explain() -> Never {
        FileHandle.standardError.write(
            Data(
                """
                usage: s3-bench up|down ENDPOINT BUCKET PREFIX FOLDER
                       s3-bench network ENDPOINT BUCKET OBJECTS PERCENT SEED
                       s3-bench pace ENDPOINT BUCKET RATE SECONDS

                """.utf8))
        exit(2)
    }
}
