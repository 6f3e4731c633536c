using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Xunit;

namespace Umps.Testing;

/// <summary>A network namespace, as a second node on this machine. Gone with the object.</summary>
public sealed class NetworkNamespace : IDisposable
{
    private static int s_made;

    private NetworkNamespace(string name, string address)
    {
        Name = name;
        Address = address;
    }

    /// <summary>Its name for ip(8).</summary>
    public string Name { get; }

    /// <summary>The address of its end of the veth pair.</summary>
    public string Address { get; }

    /// <summary>The interface of its end.</summary>
    public string Interface => $"v{Name}";

    /// <summary>What stands before a command that is to run in it.</summary>
    public IReadOnlyList<string> Exec => ["ip", "netns", "exec", Name];

    /// <summary>Skips the test where namespaces cannot be made.</summary>
    public static void SkipUnlessPossible()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("needs root: makes network namespaces");
        if (Shell.Find("ip") is null)
            Assert.Skip("needs ip(8): package iproute2");
        string probe = $"umps-probe-{Environment.ProcessId}";
        (int code, string output) = Shell.TryRun(["ip", "netns", "add", probe]);
        if (code != 0)
            Assert.Skip($"network namespaces are not permitted here: {output.Trim()}");
        Shell.Run("ip", "netns", "delete", probe);
    }

    /// <summary>Two namespaces joined by a veth pair, 10.77.N.1 and 10.77.N.2.</summary>
    public static (NetworkNamespace First, NetworkNamespace Second) MakePair()
    {
        int number = s_made++;
        string prefix = string.Create(CultureInfo.InvariantCulture, $"ump{Environment.ProcessId % 100000}{(char)('a' + number % 26)}");
        var first = new NetworkNamespace(prefix + "1", $"10.77.{number % 250}.1");
        var second = new NetworkNamespace(prefix + "2", $"10.77.{number % 250}.2");
        try
        {
            Shell.Run("ip", "netns", "add", first.Name);
            Shell.Run("ip", "netns", "add", second.Name);
            Shell.Run("ip", "link", "add", first.Interface, "netns", first.Name, "type", "veth", "peer", "name", second.Interface, "netns", second.Name);
            foreach (NetworkNamespace one in (NetworkNamespace[])[first, second])
            {
                one.Ip("addr", "add", one.Address + "/24", "dev", one.Interface);
                one.Ip("link", "set", "lo", "up");
                one.Ip("link", "set", one.Interface, "up");
            }
        }
        catch
        {
            first.Dispose();
            second.Dispose();
            throw;
        }

        return (first, second);
    }

    /// <summary>Two namespaces as of <see cref="MakePair"/>, and one between them, which is the caller's to delete: each has a cable to it, and what comes out of one goes nowhere by itself.</summary>
    /// <param name="firstEnd">The interface in the middle towards the first.</param>
    /// <param name="secondEnd">And towards the second.</param>
    public static (string Middle, NetworkNamespace First, NetworkNamespace Second) MakePairAround(string firstEnd, string secondEnd)
    {
        int number = s_made++;
        string prefix = string.Create(CultureInfo.InvariantCulture, $"ump{Environment.ProcessId % 100000}{(char)('a' + number % 26)}");
        string middle = prefix + "h";
        var first = new NetworkNamespace(prefix + "1", $"10.77.{number % 250}.1");
        var second = new NetworkNamespace(prefix + "2", $"10.77.{number % 250}.2");
        try
        {
            foreach (string name in (string[])[first.Name, second.Name, middle])
                Shell.Run("ip", "netns", "add", name);
            foreach ((NetworkNamespace one, string end) in ((NetworkNamespace, string)[])[(first, firstEnd), (second, secondEnd)])
            {
                Shell.Run("ip", "link", "add", one.Interface, "netns", one.Name, "type", "veth", "peer", "name", end, "netns", middle);
                one.Ip("addr", "add", one.Address + "/24", "dev", one.Interface);
                one.Ip("link", "set", "lo", "up");
                one.Ip("link", "set", one.Interface, "up");
                Shell.Run("ip", "-n", middle, "link", "set", end, "up");
            }
        }
        catch
        {
            first.Dispose();
            second.Dispose();
            Shell.TryRun(["ip", "netns", "delete", middle]);
            throw;
        }
        return (middle, first, second);
    }

    /// <summary>Pulls the cable: the interface goes down.</summary>
    public void Unplug() => Ip("link", "set", Interface, "down");

    /// <summary>Puts it in again.</summary>
    public void Plug() => Ip("link", "set", Interface, "up");

    /// <summary>Processes that run in it.</summary>
    public IReadOnlyList<int> Pids() =>
        !File.Exists("/run/netns/" + Name)
            ? []
            : [.. Shell.TryRun(["ip", "netns", "pids", Name]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];

    /// <summary>Ends what still runs in it, and removes it.</summary>
    public void Dispose()
    {
        foreach (int pid in Pids())
            Shell.Signal(pid, "KILL");
        Shell.TryRun(["ip", "netns", "delete", Name]);
    }

    private void Ip(params string[] arguments) => Shell.Run(["ip", "-n", Name, .. arguments]);
}
