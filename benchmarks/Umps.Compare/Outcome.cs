using System.Collections.Generic;
using System.Linq;

namespace Umps.Compare;

/// <summary>A row in one class: everybody's figures, the ratio round by round, and whether the goal is reached.</summary>
/// <param name="Group">Its group.</param>
/// <param name="Row">The row.</param>
/// <param name="Class">The class.</param>
/// <param name="Cells">Figures by contender.</param>
/// <param name="Against">Who or what ours is held against: the peer that is better over all rounds, or another row of ours.</param>
/// <param name="Ratio">Ours to that, formed in each round that has both; null without one.</param>
/// <param name="Goal">The goal.</param>
/// <param name="RoundsMin">With fewer rounds there is no verdict.</param>
internal sealed record Outcome(Group Group, Row Row, LineClass Class, IReadOnlyDictionary<string, Cell> Cells, string? Against, Spread? Ratio, Goal? Goal, int RoundsMin)
{
    private const int BatchesMin = 2;

    /// <summary>Our figure.</summary>
    public Cell? Ours => Cells.GetValueOrDefault(Contender.Ours);

    /// <summary>What the goal is about: our own figure or the ratio.</summary>
    public Spread? Judged => Row.Own is not null ? Ours is { } ours ? Spread.Of(ours.Rounds.Values) : null : Ratio;

    /// <summary>Whether the goal is reached.</summary>
    public Verdict Verdict => Goal is null || Judged is not { } judged || judged.Rounds.Count < RoundsMin ? Verdict.None : judged.On(Goal);

    /// <summary>Rounds that reach the goal.</summary>
    public int RoundsReached => Goal is null ? 0 : Judged?.Rounds.Count(Goal.IsReached) ?? 0;

    /// <summary>What names it in other runs.</summary>
    public string Name => $"{Group.Name} {Row.Spec} {Class}";

    /// <summary>All rows of these groups in the classes that have batches.</summary>
    public static IReadOnlyList<Outcome> Of(IReadOnlyList<Group> groups, IReadOnlyList<Batch> batches, IReadOnlyList<Contender> contenders)
    {
        ILookup<(string Key, string Who, LineClass Class), Batch> lookup = batches.ToLookup(b => (b.Key, b.Who, b.Class));
        Dictionary<string, int> rounds = batches.GroupBy(b => b.Key).ToDictionary(key => key.Key, key => key.Select(b => b.Round).Distinct().Count());
        return
        [
            .. from g in groups
               from row in g.Rows
               from line in new[] { LineClass.S, LineClass.N, LineClass.F, LineClass.Any }
               let outcome = Make(g, row, line, lookup, contenders, rounds.GetValueOrDefault($"{g.Name}/{row.Spec}") / 2 + 1)
               where outcome.Cells.Count > 0
               select outcome,
        ];
    }

    private static Outcome Make(Group group, Row row, LineClass line, ILookup<(string Key, string Who, LineClass Class), Batch> lookup, IReadOnlyList<Contender> contenders, int roundsMin)
    {
        int batchesMin = group.ClassFrom == ClassSource.Batch ? BatchesMin : 1;
        Dictionary<string, Cell> cells = [];
        foreach (Contender contender in contenders)
            if (CellOf(row.Spec, contender.Name) is { } cell)
                cells[contender.Name] = cell;

        Cell? ours = cells.GetValueOrDefault(Contender.Ours);
        KeyValuePair<string, Cell>[] peers = [.. cells.Where(c => c.Key != Contender.Ours).OrderBy(c => row.IsMore ? -c.Value.Median : c.Value.Median)];
        (string? against, Cell? other) = row.AgainstOurs is { } spec ? (spec, CellOf(spec, Contender.Ours)) : peers.Length > 0 ? (peers[0].Key, peers[0].Value) : (null, null);
        Spread? ratio = ours is null || other is null ? null
            : Spread.Of(ours.Rounds.Where(round => other.Rounds.GetValueOrDefault(round.Key) > 0).Select(round => round.Value / other.Rounds[round.Key]));
        return new Outcome(group, row, line, cells, against, ratio, row.Own ?? row.GoalIn(line), roundsMin);

        Cell? CellOf(string key, string who) => Cell.Of(lookup[($"{group.Name}/{key}", who, line)], batchesMin);
    }
}
