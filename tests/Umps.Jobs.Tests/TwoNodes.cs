using System;
using System.Collections.Generic;
using System.IO;
using Umps.Testing;

namespace Umps.Tests;

/// <summary>Two nodes on this machine: two network namespaces joined by a cable, sshd in the second, and a hostfile with four slots on each.</summary>
/// <remarks>Both share host name, boot id, file system and process numbers: nothing but the launcher's number tells them apart.</remarks>
internal sealed class TwoNodes : IDisposable
{
    private readonly SshServer _server;
    private readonly string _folder;

    private readonly NetworkNamespace? _between;

    private TwoNodes(NetworkNamespace first, NetworkNamespace second, SshServer server, NetworkNamespace? between = null)
    {
        _between = between;
        First = first;
        Second = second;
        _server = server;
        _folder = Directory.CreateTempSubdirectory("umps-nodes-").FullName;
        Hostfile = Path.Combine(_folder, "hosts");
        File.WriteAllText(Hostfile, $"# this node, and the one at the other end of the cable\nlocalhost slots=4\n{second.Address} slots=4\n");
    }

    /// <summary>The node on which umpsrun runs.</summary>
    public NetworkNamespace First { get; }

    /// <summary>The node that umpsrun reaches by ssh.</summary>
    public NetworkNamespace Second { get; }

    /// <summary>The hostfile of both.</summary>
    public string Hostfile { get; }

    /// <summary>Makes them, or skips the test with what is missing.</summary>
    public static TwoNodes Make()
    {
        NetworkNamespace.SkipUnlessPossible();
        SshServer.SkipUnlessPossible();
        (NetworkNamespace first, NetworkNamespace second) = NetworkNamespace.MakePair();
        try
        {
            return new TwoNodes(first, second, SshServer.Start(second));
        }
        catch
        {
            first.Dispose();
            second.Dispose();
            throw;
        }
    }

    /// <summary>The same with a router between, in place of the cable.</summary>
    public static TwoNodes MakeRouted()
    {
        NetworkNamespace.SkipUnlessPossible();
        SshServer.SkipUnlessPossible();
        NetworkNamespace[] nodes = NetworkNamespace.MakeRouted(2, out NetworkNamespace router);
        try
        {
            return new TwoNodes(nodes[0], nodes[1], SshServer.Start(nodes[1]), router);
        }
        catch
        {
            foreach (NetworkNamespace one in (NetworkNamespace[])[.. nodes, router])
                one.Dispose();
            throw;
        }
    }

    /// <summary>The router.</summary>
    public NetworkNamespace Between => _between!;

    /// <summary>umpsrun in the first namespace, with the hostfile.</summary>
    public JobSetup Job(params string[] arguments) => new()
    {
        Arguments = ["--hostfile", Hostfile, .. arguments],
        Namespace = First,
        Elsewhere = [Second],
        Environment = new Dictionary<string, string?> { ["PATH"] = $"{_server.ClientFolder}:{Environment.GetEnvironmentVariable("PATH")}" },
        SecondsMax = 90,
    };

    /// <summary>Removes both.</summary>
    public void Dispose()
    {
        _server.Dispose();
        Second.Dispose();
        First.Dispose();
        _between?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
