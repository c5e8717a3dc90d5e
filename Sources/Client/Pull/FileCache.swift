import LocalFiles
import Synchronization

/// Files held open while they are used often.
///
/// Blocks.
final class FileCache: Sendable {
    private struct State {
        var files: [String: LocalFile] = [:]
        /// In the order of opening.
        var order: [String] = []
    }

    private let mode: LocalFile.Mode
    private let capacity: Int
    private let state = Mutex(State())

    init(_ mode: LocalFile.Mode, capacity: Int) {
        self.mode = mode
        self.capacity = capacity
    }

    func file(at path: String) throws(LocalFileError) -> LocalFile {
        if let file = self.state.withLock({ $0.files[path] }) { return file }
        let opened = try LocalFile(path, mode: self.mode)
        return self.state.withLock { state in
            // Another thread may have been quicker; one handle is as good as the other.
            if let file = state.files[path] { return file }
            if state.order.count >= self.capacity { state.files[state.order.removeFirst()] = nil }
            state.order.append(path)
            state.files[path] = opened
            return opened
        }
    }

    /// Closes all files, once those who use them are done.
    func removeAll() { self.state.withLock { $0 = State() } }
}
