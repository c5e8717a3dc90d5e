/// Everything the API can be asked to do.
///
/// The raw values are the operation ids of the OpenAPI document.
public enum Operation: String, CaseIterable, Sendable {
    case registerCompany, listCompanies, getCompany, updateCompany
    case resubmitCompany
    case listTeam, changeRole, removeMember, leaveTeam
    case inviteMember, listInvitations, revokeInvitation, resendInvitation, acceptInvitation, declineInvitation
    case createGame, listGames, getGame, updateGame, deleteGame
    case createVersion, listVersions, getVersion, updateVersion, retryVersion, getScanReport
    case getUpload, signParts, receivePart, completeUpload, abortUpload, resizeUpload
    case getUploadOffset, appendToUpload, cancelResumableUpload
    case findMissingChunks, keepChunks
    case listJobs, getJob, watchJob, cancelJob, retryJob
    case getManifest, listFiles, getPack, listPatches, getPatch, previewUpdate
    case getMetadata, updateMetadata
    case createMedia, listMedia, getMedia, updateMedia, deleteMedia, completeMedia, readMedia
    case getPricing, updatePricing, previewPricing, listPriceHistory, listRegions
    case createPromotion, listPromotions, getPromotion, updatePromotion, cancelPromotion
    case getGameReadiness, submitVersion, withdrawVersion, listReviews, deleteVersion
    case publishGame, listPublications, cancelPublication, unpublishGame
    case listChannels, getChannel, setChannel, deleteChannel, rollChannel, rollBackChannel, listChannelHistory
    case decideReview, recallVersion, getChannelManifest, getVersionManifest
    case recordInstalls
    case listPlayerReviews, replyToPlayerReview, recordPlayerReview
    case createKey, listKeys, getKey, rotateKey, revokeKey
    case createTrust, listTrusts, deleteTrust, exchangeToken
    case listNotifications, readNotifications, getNotificationPreferences, setNotificationPreferences
    case listSDK, getSDK, downloadSDK, publishSDK
    case createDocument, listDocuments, getDocument, receiveDocument, completeDocument, deleteDocument
    case createWebhook, listWebhooks, getWebhook, updateWebhook, deleteWebhook
    case rotateWebhookSecret, pingWebhook, listDeliveries, redeliver, listEvents
    case readCompanyInternally, verifyCompany, suspendCompany
    case listAudit, verifyAudit
    case listQueues, changeQueue, listQueueKeys, changeQueueKey, listQueueRates, changeQueueRate, listPools, getPool,
        changePool, listWorkers
    case listAllJobs, changeJobs, listDeadJobs, changeDeadJobs, inspectJob, retryAnyJob, cancelAnyJob, discardJob
    case getStatistics, getQueueHealth, getConfiguration, listQueueAudit
    case getAnalyticsSummary, getGameAnalytics, orderReport, listReports, getReport, downloadReport, deleteReport
    case getBalance, listTransactions, requestPayout, listPayouts, getPayout, cancelPayout
    case getPaymentSettings, updatePaymentSettings
    case approvePaymentSettings, approvePaymentSettingsInternally
    case recordEntries, reportPayout
    case readObject, writeObject
    case getStorageUsage, listStorageUsage
    case getLiveness, getReadiness, getMetrics, getManifestKeys, getTokenKeys, getOpenAPI, getDocumentation
}
