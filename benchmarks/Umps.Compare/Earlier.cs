using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace Umps.Compare;

/// <summary>An earlier run's JSON, for its verdicts: the same command ought to give the same twice.</summary>
internal static class Earlier
{
    /// <summary>Verdicts by row of the newest file FOLDER/*compare.json; empty where there is none of the same command.</summary>
    public static IReadOnlyDictionary<string, Verdict> Read(string folder, string command)
    {
        string? path = Directory.Exists(folder) ? Directory.GetFiles(folder, "*compare.json").OrderBy(File.GetLastWriteTimeUtc).LastOrDefault() : null;
        if (path is null)
            return new Dictionary<string, Verdict>();
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        if (!json.RootElement.TryGetProperty("command", out JsonElement same) || same.GetString() != command)
            return new Dictionary<string, Verdict>();
        return json.RootElement.GetProperty("rows").EnumerateArray()
            .Where(row => row.TryGetProperty("name", out _) && row.TryGetProperty("verdict", out _))
            .ToDictionary(row => row.GetProperty("name").GetString()!, row => System.Enum.Parse<Verdict>(row.GetProperty("verdict").GetString()!));
    }

    /// <summary>How the verdicts of this run compare with those: a sentence, and which rows contradict; null without an earlier run.</summary>
    public static string? Compare(IReadOnlyDictionary<string, Verdict> earlier, IReadOnlyList<Outcome> outcomes)
    {
        if (earlier.Count == 0)
            return null;
        var both = outcomes.Where(o => o.Verdict != Verdict.None && earlier.GetValueOrDefault(o.Name) != Verdict.None).Select(o => (o.Name, Then: earlier[o.Name], Now: o.Verdict)).ToArray();
        string[] opened = [.. both.Where(o => o.Then != o.Now && (o.Then == Verdict.Open || o.Now == Verdict.Open)).Select(o => o.Name)];
        string[] contradict = [.. both.Where(o => o.Then != o.Now && o.Then != Verdict.Open && o.Now != Verdict.Open).Select(o => $"{o.Name} ({o.Then} before, {o.Now} now)")];
        return $"Against the run before, {both.Length} rows have a verdict in both: {both.Count(o => o.Then == o.Now)} the same, {opened.Length} open in one of them{List(opened)}, {contradict.Length} contradictory{List(contradict)}.";

        static string List(string[] names) => names.Length == 0 ? "" : $" ({string.Join(", ", names)})";
    }
}
