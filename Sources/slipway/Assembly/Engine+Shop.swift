import API
import BuildStore
import Content
import Games
import JobQueue
import Jobs
import Postgres
import Releases
import Storefront

/// What a game shows and how it is released, wired.
extension Engine {
    var media: MediaLibrary {
        MediaLibrary(
            database: self.database, base: self.settings.shop.mediaURL ?? "\(self.settings.publicURL)/media/v1")
    }

    var prices: Prices {
        Prices(
            database: self.database, policy: PricingPolicy(),
            recording: RefreshPricing.recording(events: self.events, queue: self.queue))
    }

    var releases: Releases {
        let (queue, pipeline) = (self.queue, self.pipeline)
        return Releases(
            database: self.database, builds: self.builds, events: self.events, policy: self.settings.shop.policy,
            scheduling: { publication, delay, transaction in
                try await PublishRelease.schedule(publication, after: delay, on: queue, in: transaction)
            },
            updating: { live, transaction in try await PlanUpdate.enqueue(from: live, by: pipeline, in: transaction) })
    }

    /// For the facade.
    var shopServices: ShopServices {
        let queue = self.queue
        return ShopServices(
            listings: Listings(database: self.database), prices: self.prices, media: self.media,
            releases: self.releases,
            enqueueMedia: { media, transaction in
                try await queue.enqueue(
                    ProcessMedia(media), scope: JobScope(id: media.id.uuid, developer: media.developer),
                    in: transaction
                ).rawValue
            },
            collectGarbage: { try await CollectGarbage.soon(on: queue, in: $0) })
    }

    /// For the workers.
    var shopJobServices: ShopJobServices {
        ShopJobServices(
            media: self.media, prices: self.prices, releases: self.releases,
            retention: self.settings.shop.retention)
    }

    /// Has what stayed for its time collected; any number of processes may ask for it.
    func collectGarbage() async throws {
        try await self.database.transaction { try await CollectGarbage.soon(on: self.queue, in: $0) }
    }
}
