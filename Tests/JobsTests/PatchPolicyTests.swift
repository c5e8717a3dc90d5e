import BuildStore
import Content
import Patching
import Testing

@testable import Jobs

@Suite("What patches may cost")
struct PatchPolicyTests {
    private let policy = PatchPolicy(
        versions: 3, rollbacks: 1, level: .standard, memory: .mebibytes(256), worthwhile: 0.95)

    private func budget(versions: Int = 2, rollbacks: Int = 2, cpu: Int64 = 10, storage: Int = 50) -> PatchBudget {
        PatchBudget(
            versions: versions, rollbacks: rollbacks, cpuSeconds: cpu, memory: 64 << 20, storagePercent: storage)
    }

    @Test("without a budget a patch takes what it takes")
    func noBudget() {
        let policy = self.policy.within(nil)
        #expect(policy.level(for: 1 << 40) == .standard)
        #expect(policy.isWorthIt(size: 95, replacing: 100) && !policy.isWorthIt(size: 96, replacing: 100))
        #expect(policy.mostBytes(replacing: 100, stored: 1, others: 1 << 40) == 95)
        #expect(policy.storage(of: 1) == nil)
    }

    @Test("a budget sets how many versions, and rollbacks are never more than they")
    func versions() {
        let policy = self.policy.within(self.budget(versions: 1, rollbacks: 5))
        #expect(policy.versions == 1 && policy.rollbacks == 1)
        #expect(policy.memory == .mebibytes(64))
    }

    @Test("a patch that would take too long is made in haste, and not at all when even that is too long")
    func processorTime() {
        let policy = self.policy.within(self.budget(cpu: 10))
        #expect(policy.level(for: 35_000_000) == .standard)
        #expect(policy.level(for: 40_000_000) == .fast)
        #expect(policy.level(for: 600_000_000) == .fast)
        #expect(policy.level(for: 700_000_000) == nil)
    }

    @Test("a patch may take what those that are worth more have left, and ways back are worth least")
    func room() {
        let policy = self.policy.within(self.budget(storage: 50))
        #expect(policy.storage(of: 100) == 50)
        #expect(policy.mostBytes(replacing: 100, stored: 100, others: 30) == 20)
        #expect(policy.mostBytes(replacing: 10, stored: 100, others: 30) == 9)
        #expect(policy.mostBytes(replacing: 100, stored: 100, others: 60) < 0)
        #expect(PatchPolicy.rank(0, isRollback: false) < PatchPolicy.rank(1, isRollback: false))
        #expect(PatchPolicy.rank(49, isRollback: false) < PatchPolicy.rank(0, isRollback: true))
    }
}
