using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using Umps.Testing;
using Umps.Transport;
using Xunit;

namespace Umps.Tests.Polling;

/// <summary>Two processes ring each other awake through the node's memory, in bursts and gaps: a wake-up that gets lost leaves both asleep.</summary>
public sealed class LostWakeupTests
{
    [Theory]
    [InlineData("futex")]
    [InlineData("sockets")]
    public void Ring_TwoProcessesBurstsAndGaps_NoWakeupIsLost(string mode) => Seeds.Run(1, seed =>
    {
        string path = Path.Combine(Path.GetTempPath(), $"umps-wakeup-{Guid.NewGuid():N}");
        try
        {
            using KernelAgent agent = KernelAgent.Create(2, new TransportOptions());
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen();
            using Process first = Start(path, 0, mode, seed);
            using Process second = Start(path, 1, mode, seed);
            for (int side = 0; side < 2; side++)
            {
                Assert.True(listener.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectRead), "a side did not come to join");
                using Socket join = listener.Accept();
                agent.SendDescriptors(join);
            }

            (int code, string text) = End(first);
            (int otherCode, string otherText) = End(second);

            Assert.True(code == 0 && otherCode == 0, $"{text}{otherText}");
            // It is a stress of sleeping and ringing: that both happened is part of it.
            Assert.True(Number(text, "sleeps") > 20 && Number(otherText, "sleeps") > 20, text + otherText);
            Assert.True(Number(text, "rings") > 20 && Number(otherText, "rings") > 20, text + otherText);
        }
        finally
        {
            File.Delete(path);
        }
    });

    private static Process Start(string path, int index, string mode, int seed)
    {
        var start = new ProcessStartInfo(Repository.Dotnet) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { Repository.Ranks, "wakeup", path, index.ToString(CultureInfo.InvariantCulture), mode, seed.ToString(CultureInfo.InvariantCulture) })
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static (int Code, string Text) End(Process process)
    {
        bool ended = process.WaitForExit(TimeSpan.FromSeconds(60));
        if (!ended)
            process.Kill();
        return (ended ? process.ExitCode : -1, process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd());
    }

    private static long Number(string text, string name)
    {
        int at = text.IndexOf(name + "=", StringComparison.Ordinal);
        Assert.True(at >= 0, text);
        string rest = text[(at + name.Length + 1)..];
        return long.Parse(rest[..rest.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }
}
