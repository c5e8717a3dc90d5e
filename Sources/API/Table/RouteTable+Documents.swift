import Access
import HTTPTypes
import Storefront

extension RouteTable {
    /// Papers for a company's verification.
    static let documents: [RouteDeclaration] = [
        route(
            .createDocument, .post, "/accounts/me/documents", .permission(.documentsWrite), "Begin to send a document",
            "NewDocument", 201, "Document"),
        route(
            .listDocuments, .get, "/accounts/me/documents", .permission(.documentsWrite), "List documents", nil, 200,
            "DocumentList"),
        route(
            .getDocument, .get, document, .permission(.documentsWrite), "Read a document's state", nil, 200, "Document"),
        route(
            .receiveDocument, .put, "\(document)/content", .permission(.documentsWrite), "Send a document's bytes", nil,
            204, nil
        ).counted(in: .uploads),
        route(
            .completeDocument, .post, "\(document)/complete", .permission(.documentsWrite), "Commit a document", nil,
            202,
            "Document"
        ).naturallyIdempotent(),
        route(.deleteDocument, .delete, document, .permission(.documentsWrite), "Delete a document", nil, 204, nil),
    ]

    private static let document = "/accounts/me/documents/{document_id}"
}
