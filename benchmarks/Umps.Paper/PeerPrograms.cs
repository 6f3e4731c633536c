using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Umps.Compare;

namespace Umps.Paper;

/// <summary>Open MPI and MPICH by their tcp beside umpsrun, over the same cable; the loops of benchmarks/compare.</summary>
internal sealed class PeerPrograms(Places places, Runner runner, TwoNodes nodes)
{
    private static readonly string[] s_specs = ["latency:8", "latency:1024", "rate:8", "bw:65536", "bw:1048576"];

    /// <summary>Those that are here, as they say themselves.</summary>
    public IReadOnlyList<string> Versions =>
        [.. from peer in (string[])["openmpi", "mpich"] where Has(peer) select $"{Name(peer)} {ProcessRun.Capture([Launcher(peer), "--version"]).Split('\n').First(l => l.Any(char.IsDigit)).Split(' ')[^1]}"];

    /// <summary>A round.</summary>
    public void Run(PaperArguments options, IReadOnlyList<Series> ours, int round)
    {
        string[] arguments = options.IsQuick ? ["batches", "5", "1.5", "0.3", "0.05", .. s_specs] : ["batches", "25", "1.5", "0.6", "0.15", .. s_specs];
        Series[] own = [.. ours.Where(series => series.Name is "xdp" or "tcp" || series == ours[0])];
        foreach (Series series in own)
            runner.RunPeer($"umpsrun, {series.Name}", runner.Umpsrun(nodes, series.Agent, series.Settings, [.. places.OurBench, .. arguments]), round);
        if (Has("openmpi"))
        {
            runner.RunPeer("Open MPI, tcp", [.. nodes.Prefix, "mpirun.openmpi", "--allow-run-as-root", "--bind-to", "none", "--host", TwoNodes.Hosts, "--mca", "plm_rsh_agent", nodes.Agent,
                "--mca", "oob_tcp_if_include", TwoNodes.Network, "--mca", "btl_tcp_if_include", TwoNodes.Network, "--mca", "btl", "tcp,self", "--mca", "pml", "ob1", "-n", "2", places.PeerBench("openmpi"), .. arguments], round);
        }

        if (Has("mpich"))
        {
            runner.RunPeer("MPICH, tcp", [.. nodes.Prefix, "mpiexec.mpich", "-launcher", "ssh", "-launcher-exec", nodes.Agent, "-hosts", TwoNodes.Hosts,
                "-env", "UCX_TLS", "tcp,self", "-env", "MPIR_CVAR_NOLOCAL", "1", "-n", "2", places.PeerBench("mpich"), .. arguments], round);
        }
    }

    private bool Has(string peer) => Places.OnPath(Launcher(peer)) is not null && File.Exists(places.PeerBench(peer));

    private static string Launcher(string peer) => peer == "openmpi" ? "mpirun.openmpi" : "mpiexec.mpich";

    private static string Name(string peer) => peer == "openmpi" ? "Open MPI" : "MPICH";
}
