using System;
using System.IO;
using System.Linq;

namespace Umps.Compare;

/// <summary>Where it was measured, in a sentence.</summary>
/// <param name="Sentence">The sentence.</param>
internal sealed record Machine(string Sentence)
{
    /// <summary>This one, now.</summary>
    public static Machine Here()
    {
        string model = Line("/proc/cpuinfo", "model name"), hypervisor = File.ReadLines("/proc/cpuinfo").Any(l => l.StartsWith("flags", StringComparison.Ordinal) && l.Contains(" hypervisor", StringComparison.Ordinal)) ? ", a virtual machine" : "";
        string huge = First("/sys/kernel/mm/transparent_hugepage/enabled");
        string chosen = huge.Contains('[', StringComparison.Ordinal) ? huge[(huge.IndexOf('[', StringComparison.Ordinal) + 1)..huge.IndexOf(']', StringComparison.Ordinal)] : "unknown";
        return new Machine($"{Environment.ProcessorCount} processors, {model}{hypervisor}; Linux {First("/proc/sys/kernel/osrelease")}, .NET {Environment.Version}, transparent huge pages: {chosen}; load before: {First("/proc/loadavg").Split(' ')[0]}.");
    }

    private static string First(string path) => File.Exists(path) ? File.ReadLines(path).First().Trim() : "?";

    private static string Line(string path, string key) =>
        File.ReadLines(path).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "an unnamed processor";
}
