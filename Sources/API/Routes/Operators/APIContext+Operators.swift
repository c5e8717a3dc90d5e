import Access
import Content
import Hummingbird
import JobLifecycle
import Storefront

extension APIContext {
    /// Who asks, on a route for operators, as the queue's audit names it.
    func requireOperator() throws(HTTPProblem) -> String {
        guard case .user(let claims)? = self.identity else { throw .unexpected }
        return "operator:\(claims.user)"
    }

    /// The queue in the path; what cannot be one names nothing.
    func pathQueue() throws(HTTPProblem) -> QueueName {
        guard let name = self.pathText("queue"), name.unicodeScalars.count <= 64 else { throw .notFound }
        return QueueName(rawValue: name)
    }

    /// A text in the path, percent-decoded; nil when it is empty or no text.
    func pathText(_ name: String) -> String? {
        guard let text = self.parameters.get(name).flatMap(PathText.decode), !text.isEmpty,
            TextRules.objection(to: text, length: 1...300, allowsLines: false) == nil
        else { return nil }
        return text
    }
}
