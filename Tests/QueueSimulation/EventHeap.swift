/// What is to happen, by time; of what happens at one time, what was scheduled first comes first.
struct EventHeap<Event> {
    private var items: [(key: UInt64, event: Event)] = []
    private var order: UInt64 = 0

    /// - Parameter time: from 0, below 2³².
    mutating func push(_ event: Event, at time: Int) {
        self.order += 1
        let key = UInt64(time) << 32 | self.order
        self.items.append((key, event))
        var child = self.items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard self.items[child].key < self.items[parent].key else { return }
            self.items.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop() -> (time: Int, event: Event)? {
        guard !self.items.isEmpty else { return nil }
        self.items.swapAt(0, self.items.count - 1)
        let last = self.items.removeLast()
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < self.items.count else { break }
            let right = left + 1
            let child = right < self.items.count && self.items[right].key < self.items[left].key ? right : left
            guard self.items[child].key < self.items[parent].key else { break }
            self.items.swapAt(child, parent)
            parent = child
        }
        return (Int(last.key >> 32), last.event)
    }
}
