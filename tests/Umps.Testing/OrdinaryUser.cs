using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Umps.Testing;

/// <summary>Commands run as an ordinary user by a test that is root's: without any right of root's, or with some capabilities and nothing else.</summary>
public static class OrdinaryUser
{
    private const string Nobody = "65534";

    /// <summary>Skips the test where it cannot be done.</summary>
    public static void SkipUnlessPossible()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("needs root: becomes another user");
        if (Shell.Find("setpriv") is null)
            Assert.Skip("needs setpriv(1): package util-linux");
    }

    /// <summary>What stands before a command.</summary>
    /// <param name="capabilities">As setpriv(1) names them: net_raw.</param>
    public static IReadOnlyList<string> Exec(params string[] capabilities)
    {
        string[] user = ["setpriv", "--reuid", Nobody, "--regid", Nobody, "--clear-groups"];
        string some = string.Join(',', capabilities.Select(one => "+" + one));
        return capabilities.Length == 0 ? user : [.. user, "--inh-caps", some, "--ambient-caps", some];
    }
}
