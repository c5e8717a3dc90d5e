/// Everything the API can be asked to do.
///
/// The raw values are the operation ids of the OpenAPI document.
public enum Operation: String, CaseIterable, Sendable {
    case registerCompany, listCompanies, getCompany, updateCompany
    case listTeam, changeRole, removeMember
    case createGame, listGames, getGame, updateGame, deleteGame
    case createVersion, listVersions, getVersion, updateVersion, retryVersion
    case getUpload, signParts, receivePart, completeUpload, abortUpload
    case listJobs, getJob, watchJob, cancelJob, retryJob
    case getManifest, listFiles, getPack, listPatches, getPatch
    case createKey, listKeys, revokeKey
    case getMetadata, updateMetadata
    case createMedia, listMedia, getMedia, updateMedia, deleteMedia, completeMedia, readMedia
    case getPricing, updatePricing, previewPricing, listPriceHistory, listRegions
    case createPromotion, listPromotions, getPromotion, updatePromotion, cancelPromotion
    case getGameReadiness, submitVersion, withdrawVersion, listReviews, deleteVersion
    case publishGame, listPublications, cancelPublication, unpublishGame
    case listChannels, getChannel, setChannel, deleteChannel, rollChannel, rollBackChannel, listChannelHistory
    case decideReview, recallVersion, getChannelManifest
    case readObject, writeObject
    case getLiveness, getReadiness, getMetrics, getManifestKeys, getTokenKeys, getOpenAPI
}
