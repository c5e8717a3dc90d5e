import Content
import Games
import HTTPTypes
import Hummingbird
import ObjectStore
import Storefront

/// Media files as players' browsers get them: for everybody who has the address, for ever the same bytes.
struct MediaFileRoutes: Sendable {
    private let media: MediaLibrary
    private let objects: ObjectResponder
    private let services: APIServices

    init(_ services: APIServices) {
        self.media = services.shop.media
        self.services = services
        self.objects = ObjectResponder(store: services.store, limits: services.limits, redirectLife: .seconds(900))
    }

    /// `GET /media/v1/{media_id}/{file_name}`.
    @Sendable func read(_ request: Request, context: APIContext) async throws -> Response {
        let id = try context.pathIdentifier("media_id", of: Media.self)
        guard let media = try await self.media.media(id, in: self.services.database), let file = media.file,
            let key = ObjectKey(file.objectKey),
            context.parameters.get("file_name") == "\(file.digest).\(media.format.fileExtension)"
        else { throw HTTPProblem.notFound }
        var response = try await self.objects.respond(
            to: request, context: context,
            with: .init(
                key: key, contentType: media.format.contentType, tag: EntityTag(file.digest.description),
                digest: file.digest, isPublic: true),
            redirects: true)
        // Whatever is in the bytes, no browser takes them for a page of ours.
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.contentSecurityPolicy] = "default-src 'none'; sandbox"
        response.headers[.crossOriginResourcePolicy] = "cross-origin"
        return response
    }
}
