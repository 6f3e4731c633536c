using System.Collections.Generic;
using System.Linq;

namespace Umps.Compare;

/// <summary>A row in one class: everybody's figures, the ratio, and whether the goal is reached.</summary>
internal sealed record Outcome(Group Group, Row Row, LineClass Class, IReadOnlyDictionary<string, Cell> Cells, string? BetterPeer, double? Ratio, Goal? Goal)
{
    /// <summary>Our figure.</summary>
    public Cell? Ours => Cells.GetValueOrDefault(Contender.Ours);

    /// <summary>Whether the goal is reached; null without one or without a figure.</summary>
    public bool? IsReached => Goal is null || Figure is not { } figure ? null : Goal.IsReached(figure);

    /// <summary>Whether another run could well decide otherwise: the goal lies between our lowest and highest round.</summary>
    public bool IsNarrow => Goal is not null && Ours is { } ours && Figure is { } figure && ours.Median > 0
        && Goal.IsReached(figure * ours.Lowest / ours.Median) != Goal.IsReached(figure * ours.Highest / ours.Median);

    private double? Figure => Row.Own is not null ? Ours?.Median : Ratio;

    /// <summary>All rows of these groups in the classes that have batches.</summary>
    public static IReadOnlyList<Outcome> Of(IReadOnlyList<Group> groups, IReadOnlyList<Batch> batches, IReadOnlyList<Contender> contenders)
    {
        ILookup<(string Key, string Who, LineClass Class), Batch> lookup = batches.ToLookup(b => (b.Key, b.Who, b.Class));
        return
        [
            .. from g in groups
               from row in g.Rows
               from line in new[] { LineClass.S, LineClass.N, LineClass.F, LineClass.Any }
               let outcome = Make(g, row, line, lookup, contenders)
               where outcome.Cells.Count > 0
               select outcome,
        ];
    }

    private static Outcome Make(Group group, Row row, LineClass line, ILookup<(string Key, string Who, LineClass Class), Batch> lookup, IReadOnlyList<Contender> contenders)
    {
        string key = $"{group.Name}/{row.Spec}";
        Dictionary<string, Cell> cells = [];
        foreach (Contender contender in contenders)
            if (Cell.Of([.. lookup[(key, contender.Name, line)]]) is { } cell)
                cells[contender.Name] = cell;

        if (row.AgainstOurs is { } other)
        {
            Cell? reference = Cell.Of([.. lookup[($"{group.Name}/{other}", Contender.Ours, line)]]);
            double? own = reference is not null && cells.TryGetValue(Contender.Ours, out Cell? mine) ? mine.Median / reference.Median : null;
            return new Outcome(group, row, line, cells, other, own, row.GoalIn(line));
        }

        KeyValuePair<string, Cell>[] peers = [.. cells.Where(c => c.Key != Contender.Ours).OrderBy(c => row.IsMore ? -c.Value.Median : c.Value.Median)];
        double? ratio = peers.Length > 0 && cells.TryGetValue(Contender.Ours, out Cell? ours) && peers[0].Value.Median > 0 ? ours.Median / peers[0].Value.Median : null;
        return new Outcome(group, row, line, cells, peers.Length > 0 ? peers[0].Key : null, ratio, row.Own ?? row.GoalIn(line));
    }
}
