using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using Xunit;

namespace Umps.Testing;

/// <summary>A network namespace, as a second node on this machine. Gone with the object; or, when its process was killed, before the next one is made.</summary>
public sealed partial class NetworkNamespace : IDisposable
{
    private const string Folder = "/run/netns";

    private static readonly Lazy<string?> s_whyNot = new(WhyNot);

    private static int s_made;
    private static int s_looked;

    private readonly int _prefixBits;
    private readonly string? _router;

    private NetworkNamespace(string name, string address, int prefixBits = 24, string? router = null)
    {
        Name = name;
        Address = address;
        _prefixBits = prefixBits;
        _router = router;
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
        if (s_whyNot.Value is { } reason)
            Assert.Skip(reason);
    }

    /// <summary>Two namespaces joined by a veth pair, 10.77.N.1 and 10.77.N.2.</summary>
    public static (NetworkNamespace First, NetworkNamespace Second) MakePair()
    {
        (int number, string prefix) = NextName();
        var first = new NetworkNamespace(prefix + "1", $"10.77.{number % 250}.1");
        var second = new NetworkNamespace(prefix + "2", $"10.77.{number % 250}.2");
        try
        {
            Shell.Run("ip", "netns", "add", first.Name);
            Shell.Run("ip", "netns", "add", second.Name);
            Shell.Run("ip", "link", "add", first.Interface, "netns", first.Name, "type", "veth", "peer", "name", second.Interface, "netns", second.Name);
            first.Start();
            second.Start();
        }
        catch
        {
            first.Dispose();
            second.Dispose();
            throw;
        }

        return (first, second);
    }

    /// <summary>Several namespaces on a switch (a bridge in one more), 10.77.N.1 and so on.</summary>
    /// <param name="count">How many; to 9.</param>
    /// <param name="hub">The namespace of the switch; its ports have the names of the interfaces, with a p before them.</param>
    public static NetworkNamespace[] MakeStar(int count, out NetworkNamespace hub)
    {
        (int number, string prefix) = NextName();
        hub = new NetworkNamespace(prefix + "0", "");
        NetworkNamespace[] nodes = [.. Enumerable.Range(1, count).Select(i => new NetworkNamespace($"{prefix}{i}", $"10.77.{number % 250}.{i}"))];
        try
        {
            Shell.Run("ip", "netns", "add", hub.Name);
            hub.Ip("link", "add", "bridge", "type", "bridge");
            hub.Ip("link", "set", "bridge", "up");
            foreach (NetworkNamespace node in nodes)
            {
                Shell.Run("ip", "netns", "add", node.Name);
                Shell.Run("ip", "link", "add", node.Interface, "netns", node.Name, "type", "veth", "peer", "name", "p" + node.Interface, "netns", hub.Name);
                hub.Ip("link", "set", "p" + node.Interface, "master", "bridge", "up");
                node.Start();
            }
        }
        catch
        {
            foreach (NetworkNamespace one in (NetworkNamespace[])[hub, .. nodes])
                one.Dispose();
            throw;
        }

        return nodes;
    }

    /// <summary>Two namespaces as of <see cref="MakePair"/>, and one between them, which is the caller's to delete: each has a cable to it, and what comes out of one goes nowhere by itself.</summary>
    /// <param name="firstEnd">The interface in the middle towards the first.</param>
    /// <param name="secondEnd">And towards the second.</param>
    public static (string Middle, NetworkNamespace First, NetworkNamespace Second) MakePairAround(string firstEnd, string secondEnd)
    {
        (int number, string prefix) = NextName();
        string middle = prefix + "0";
        var first = new NetworkNamespace(prefix + "1", $"10.77.{number % 250}.1");
        var second = new NetworkNamespace(prefix + "2", $"10.77.{number % 250}.2");
        try
        {
            foreach (string name in (string[])[first.Name, second.Name, middle])
                Shell.Run("ip", "netns", "add", name);
            foreach ((NetworkNamespace one, string end) in ((NetworkNamespace, string)[])[(first, firstEnd), (second, secondEnd)])
            {
                Shell.Run("ip", "link", "add", one.Interface, "netns", one.Name, "type", "veth", "peer", "name", end, "netns", middle);
                one.Start();
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

    /// <summary>Several namespaces, each on a network of its own, with a router (one more) between them: 10.78.N.18/28, 10.78.N.34/28 and so on.</summary>
    /// <param name="count">How many; to 9.</param>
    /// <param name="router">The namespace of the router; its ports have the names of the interfaces, with a p before them.</param>
    public static NetworkNamespace[] MakeRouted(int count, out NetworkNamespace router)
    {
        (int number, string prefix) = NextName();
        router = new NetworkNamespace(prefix + "0", "");
        string router0 = $"10.78.{number % 250}.";
        NetworkNamespace[] nodes = [.. Enumerable.Range(1, count).Select(i => new NetworkNamespace(
            $"{prefix}{i}", string.Create(CultureInfo.InvariantCulture, $"{router0}{(16 * i) + 2}"), 28, string.Create(CultureInfo.InvariantCulture, $"{router0}{(16 * i) + 1}")))];
        try
        {
            Shell.Run("ip", "netns", "add", router.Name);
            Shell.Run("ip", "netns", "exec", router.Name, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
            foreach (NetworkNamespace node in nodes)
            {
                string port = "p" + node.Interface;
                Shell.Run("ip", "netns", "add", node.Name);
                Shell.Run("ip", "link", "add", node.Interface, "netns", node.Name, "type", "veth", "peer", "name", port, "netns", router.Name);
                router.Ip("addr", "add", node._router + "/28", "dev", port);
                router.Ip("link", "set", port, "up");
                node.Start();

                // A router that has to ask keeps what it has to pass on, and with it the socket that it came from, for seconds: longer than the next test waits for the interface.
                string[] link = Shell.TryRun(["ip", "-n", node.Name, "-o", "link", "show", node.Interface]).Output.Split(' ');
                router.Ip("neigh", "replace", node.Address, "lladdr", link[Array.IndexOf(link, "link/ether") + 1], "nud", "permanent", "dev", port);
            }
        }
        catch
        {
            foreach (NetworkNamespace one in (NetworkNamespace[])[router, .. nodes])
                one.Dispose();
            throw;
        }

        return nodes;
    }

    /// <summary>Pulls the cable: the interface goes down.</summary>
    public void Unplug() => Ip("link", "set", Interface, "down");

    /// <summary>The longest payload of a frame on its end of the cable; both ends need the same.</summary>
    public void SetMtu(int bytes) => Ip("link", "set", Interface, "mtu", string.Create(CultureInfo.InvariantCulture, $"{bytes}"));

    /// <summary>Puts it in again.</summary>
    public void Plug()
    {
        Ip("link", "set", Interface, "up");
        if (_router is not null)
            Ip("route", "replace", "default", "via", _router);     // it has gone with the cable
    }

    /// <summary>Processes that run in it.</summary>
    public IReadOnlyList<int> Pids() =>
        !File.Exists($"{Folder}/{Name}")
            ? []
            : [.. Shell.TryRun(["ip", "netns", "pids", Name]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];

    /// <summary>Ends what still runs in it, and removes it.</summary>
    public void Dispose()
    {
        foreach (int pid in Pids())
            Shell.Signal(pid, "KILL");
        Shell.TryRun(["ip", "netns", "delete", Name]);
    }

    private void Start()
    {
        Ip("addr", "add", string.Create(CultureInfo.InvariantCulture, $"{Address}/{_prefixBits}"), "dev", Interface);
        Ip("link", "set", "lo", "up");
        Plug();
    }

    private void Ip(params string[] arguments) => Shell.Run(["ip", "-n", Name, .. arguments]);

    private static string? WhyNot()
    {
        if (!Environment.IsPrivilegedProcess)
            return "needs root: makes network namespaces";
        if (Shell.Find("ip") is null)
            return "needs ip(8): package iproute2";
        string probe = $"umps-probe-{Environment.ProcessId}";
        (int code, string output) = Shell.TryRun(["ip", "netns", "add", probe]);
        if (code != 0)
            return $"network namespaces are not permitted here: {output.Trim()}";
        Shell.Run("ip", "netns", "delete", probe);
        return null;
    }

    private static (int Number, string Prefix) NextName()
    {
        if (Interlocked.Exchange(ref s_looked, 1) == 0)
            RemoveLeftovers();
        int number = Interlocked.Increment(ref s_made) - 1;
        return (number, string.Create(CultureInfo.InvariantCulture, $"ump{Environment.ProcessId}{(char)('a' + number % 26)}"));
    }

    /// <summary>A test process that is killed leaves its namespaces: their names say whose they are.</summary>
    private static void RemoveLeftovers()
    {
        if (!Directory.Exists(Folder))
            return;
        foreach (string path in Directory.EnumerateFiles(Folder))
        {
            Match name = OwnName().Match(Path.GetFileName(path));
            if (!name.Success || Directory.Exists("/proc/" + name.Groups["pid"].Value))
                continue;
            using var left = new NetworkNamespace(name.Value, "");
        }
    }

    [GeneratedRegex(@"^(?:ump(?<pid>\d+)[a-z]\d|umps-probe-(?<pid>\d+))$")]
    private static partial Regex OwnName();
}
