import Access
import Content
import Hummingbird

extension APIContext {
    /// Who asks, on a route whose access is a permission.
    func requirePrincipal() throws(HTTPProblem) -> Principal {
        guard let principal = self.principal else { throw .unexpected }
        return principal
    }

    /// The company it is for.
    func requireDeveloper() throws(HTTPProblem) -> DeveloperID { try self.requirePrincipal().developer }

    /// Who asks, on a route for people.
    func requireUser() throws(HTTPProblem) -> UserID {
        guard case .user(let claims)? = self.identity else { throw .unexpected }
        return claims.user
    }

    /// An identifier in the path; what is none names nothing.
    func pathIdentifier<Subject>(_ name: String, of type: Subject.Type) throws(HTTPProblem) -> Identifier<Subject> {
        guard let text = self.parameters.get(name), let id = Identifier<Subject>(text) else { throw .notFound }
        return id
    }
}
