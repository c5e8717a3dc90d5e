import ArgumentParser
import Hummingbird
import Logging
import NIOCore
import Postgres

extension SlipwayBench {
    /// A route of the same HTTP library with one query on the same database, and nothing else: what the API is measured by.
    struct Bare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Serves GET /row on 127.0.0.1 until it is stopped.")

        @OptionGroup var target: Target
        @Option(help: "The port to listen on, on 127.0.0.1.") var port: Int

        func run() async throws {
            try await self.target.withDatabase(connections: 24) { database in
                let router = Router()
                router.get("row") { _, _ -> Response in
                    let row = try await database.row(
                        "SELECT developer_id::text AS id, company_name FROM developers ORDER BY developer_id LIMIT 1")
                    let id: String = try row?("id") ?? "", name: String = try row?("company_name") ?? ""
                    return Response(
                        status: .ok, headers: [.contentType: "application/json"],
                        body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"id":"\#(id)","name":"\#(name)"}"#)))
                }
                try await Application(
                    router: router,
                    configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: self.port)),
                    logger: Logger(label: "bare")
                ).runService()
            }
        }
    }
}
