using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Umps.Compare;

/// <summary>Umps.Mpi or a peer: how its benchmark is started.</summary>
internal sealed class Contender
{
    /// <summary>The name that results have for Umps.Mpi.</summary>
    public const string Ours = "Umps.Mpi";

    private readonly Func<RunSetup, IEnumerable<string>> _launch;

    private Contender(string name, string version, Func<RunSetup, IEnumerable<string>> launch) => (Name, Version, _launch) = (name, version, launch);

    /// <summary>In tables.</summary>
    public string Name { get; }

    /// <summary>As it says itself.</summary>
    public string Version { get; }

    /// <summary>Whether it is Umps.Mpi.</summary>
    public bool IsOurs => Name == Ours;

    /// <summary>Those that are here; what is missing is said.</summary>
    public static IReadOnlyList<Contender> Find(Places places, TextWriter log)
    {
        List<Contender> found = [new Contender(Ours, "this tree", setup => Umpsrun(places, setup))];
        Add("Open MPI", "mpirun.openmpi", places.PeerBench("openmpi"), "apt-get install openmpi-bin libopenmpi-dev", OpenMpi);
        Add("MPICH", "mpiexec.mpich", places.PeerBench("mpich"), "apt-get install mpich libmpich-dev", Mpich);
        return found;

        void Add(string name, string launcher, string bench, string remedy, Func<string, RunSetup, IEnumerable<string>> launch)
        {
            if (Places.OnPath(launcher) is null || !File.Exists(bench))
            {
                log.WriteLine($"{name}: not found ({(File.Exists(bench) ? launcher : bench)} is missing; {remedy}, then benchmarks/peers/build). Left out.");
                return;
            }

            string version = ProcessRun.Capture([launcher, "--version"]).Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Any(char.IsDigit)) ?? "?";
            version = version[version.LastIndexOf(' ')..].Trim();
            log.WriteLine($"{name} {version}: {bench}");
            found.Add(new Contender(name, version, setup => launch(bench, setup)));
        }
    }

    /// <summary>The command that starts its benchmark.</summary>
    public IReadOnlyList<string> Command(RunSetup setup) => [.. setup.Nodes?.Prefix ?? [], .. _launch(setup), .. setup.Arguments];

    private static IEnumerable<string> Umpsrun(Places places, RunSetup setup) =>
        [.. setup.IsNative ? [places.NativeUmpsrun] : places.Umpsrun, "-n", $"{setup.Ranks}",
            .. setup.Nodes is { } nodes ? ["--hostfile", nodes.Hostfile] : setup.IsPinned ? ["--bind-to", "core"] : Array.Empty<string>(),
            .. setup.IsTcp && setup.Nodes is null ? ["--transport", "tcp"] : Array.Empty<string>(), .. setup.IsNative ? [places.NativeBench] : places.OurBench];

    /// <summary>--oversubscribe lets it yield, as it does by default where it knows of more ranks than slots; without it there are no more than slots.</summary>
    private static IEnumerable<string> OpenMpi(string bench, RunSetup setup) =>
        ["mpirun.openmpi", "--allow-run-as-root",
            .. setup.Nodes is { } nodes ? ["--bind-to", "none", "--host", TwoNodes.Hosts, "--mca", "plm_rsh_agent", nodes.Agent, "--mca", "oob_tcp_if_include", TwoNodes.Network, "--mca", "btl_tcp_if_include", TwoNodes.Network]
                : setup.IsPinned ? ["--bind-to", "core"] : new[] { "--bind-to", "none", "--oversubscribe" },
            .. setup.IsTcp ? ["--mca", "btl", "tcp,self", "--mca", "pml", "ob1"] : Array.Empty<string>(), "-n", $"{setup.Ranks}", bench];

    private static IEnumerable<string> Mpich(string bench, RunSetup setup) =>
        ["mpiexec.mpich", .. setup.Nodes is { } nodes ? ["-launcher", "ssh", "-launcher-exec", nodes.Agent, "-hosts", TwoNodes.Hosts] : setup.IsPinned ? ["-bind-to", "core"] : Array.Empty<string>(),
            .. setup.IsTcp ? ["-env", "UCX_TLS", "tcp,self", "-env", "MPIR_CVAR_NOLOCAL", "1"] : Array.Empty<string>(), "-n", $"{setup.Ranks}", bench];
}
