using System;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>The address translation buffer of a process with the right to see physical addresses, and of one without.</summary>
public sealed class AddressTests
{
    private static readonly string s_ranks = Repository.Ranks;

    /// <summary>Both halves of each page, by the paper's formula, as a walk of the page table finds them.</summary>
    [Fact]
    public void Units_AsRoot_ArePhysicalAndLocked()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: the kernel shows physical addresses to nobody else");

        (int code, string output) = Shell.TryRun([Repository.Dotnet, s_ranks, "addresses"]);

        Assert.True(code == 0, output);
        Assert.SkipWhen(output.Contains("offsets", StringComparison.Ordinal), "the kernel hides physical addresses from root here (a container without CAP_SYS_ADMIN)");
        Assert.Contains("units, physical addresses", output, StringComparison.Ordinal);
        Assert.Contains("locked", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Units_WithoutTheCapability_AreOffsets()
    {
        string[] drop = [];
        if (Environment.IsPrivilegedProcess)
        {
            Assert.SkipUnless(Shell.Find("setpriv") is not null, "needs setpriv (util-linux)");
            drop = ["setpriv", "--inh-caps=-sys_admin", "--bounding-set=-sys_admin"];
        }

        (int code, string output) = Shell.TryRun([.. drop, Repository.Dotnet, s_ranks, "addresses"]);

        Assert.True(code == 0, output);
        Assert.Contains("units, offsets", output, StringComparison.Ordinal);
    }
}
