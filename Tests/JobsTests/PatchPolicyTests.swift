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
        #expect(policy.level(for: 1 << 40, after: .seconds(1 << 30), at: PatchPaces()) == .standard)
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
        func level(_ bytes: Int64, after spent: Duration = .zero) -> PatchLevel? {
            policy.level(for: bytes, after: spent, at: PatchPaces())
        }
        #expect(level(35_000_000) == .standard)
        #expect(level(40_000_000) == .fast)
        #expect(level(600_000_000) == .fast)
        #expect(level(700_000_000) == nil)
        // What was spent on it before is not there any more.
        #expect(level(35_000_000, after: .seconds(1)) == .fast)
        #expect(level(1, after: .seconds(11)) == nil)
    }

    @Test("what levels cost is what the latest patches have shown, and a few small ones say little")
    func paces() {
        let policy = self.policy.within(self.budget(cpu: 100))
        func paces(_ bytes: Int64, _ seconds: Int64) -> PatchPaces {
            PatchPaces([PatchPace(level: "standard", bytes: bytes, spent: .seconds(seconds))])
        }
        func level(_ bytes: Int64, _ paces: PatchPaces) -> PatchLevel? {
            policy.level(for: bytes, after: .zero, at: paces)
        }
        #expect(level(300_000_000, PatchPaces()) == .standard)
        // A machine half as quick.
        #expect(level(300_000_000, paces(3_500_000_000, 2000)) == .fast)
        #expect(level(150_000_000, paces(3_500_000_000, 2000)) == .standard)
        // And one that is quicker.
        #expect(level(600_000_000, PatchPaces()) == .fast)
        #expect(level(600_000_000, paces(3_500_000_000, 350)) == .standard)
        // Mostly the time of starting.
        #expect(level(300_000_000, paces(1000, 1)) == .standard)
        #expect(PatchPaces().pace(of: .standard) == 3_500_000)
        #expect(paces(0, 0).pace(of: .standard) == 3_500_000)
    }

    @Test("a patch may take what those that are worth more have left, and ways back are worth least")
    func room() {
        let policy = self.policy.within(self.budget(storage: 50))
        #expect(policy.storage(of: 100) == 50)
        #expect(policy.mostBytes(replacing: 100, stored: 100, others: 30) == 20)
        #expect(policy.mostBytes(replacing: 10, stored: 100, others: 30) == 9)
        #expect(policy.mostBytes(replacing: 100, stored: 100, others: 60) < 0)
        #expect(policy.reason(for: 20, replacing: 100) == .noRoom)
        #expect(policy.reason(for: 9, replacing: 10) == .chunksAreCheaper)
        #expect(PatchPolicy.rank(0, isRollback: false) < PatchPolicy.rank(1, isRollback: false))
        #expect(PatchPolicy.rank(49, isRollback: false) < PatchPolicy.rank(0, isRollback: true))
    }
}
