using System;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Umps.Testing;

/// <summary>Runs the body of a test on ranks as threads of this process, with a deadline.</summary>
public static class RankHost
{
    /// <summary>Seconds a body may take; far more than any needs, so that only a hang meets it.</summary>
    public const double SecondsMax = 60;

    /// <summary>Runs the body on every rank; what a rank throws fails the test.</summary>
    public static void Run(int ranks, Action<Comm> body, MpiOptions? options = null, double secondsMax = SecondsMax) =>
        RunBounded(ranks, secondsMax, entered => MpiHost.Run(ranks, comm => { entered(comm.Rank, true); body(comm); entered(comm.Rank, false); }, options));

    /// <summary>Runs the asynchronous body on every rank.</summary>
    public static void RunAsync(int ranks, Func<Comm, Task> body, MpiOptions? options = null, double secondsMax = SecondsMax) =>
        RunBounded(ranks, secondsMax, entered => MpiHost.Run(
            ranks,
            async comm =>
            {
                entered(comm.Rank, true);
                await body(comm).ConfigureAwait(false);
                entered(comm.Rank, false);
            },
            options));

    private static void RunBounded(int ranks, double secondsMax, Action<Action<int, bool>> run)
    {
        var state = new int[ranks];        // 0 not begun, 1 in the body, 2 through
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                run((rank, inside) => Volatile.Write(ref state[rank], inside ? 1 : 2));
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        { IsBackground = true, Name = "rank host of a test" };
        thread.Start();
        if (!thread.Join(TimeSpan.FromSeconds(secondsMax)))
            Assert.Fail($"{ranks} ranks did not end within {secondsMax} s. {Describe(state)}");
        failure?.Throw();
    }

    private static string Describe(int[] state)
    {
        string text = "";
        for (int rank = 0; rank < state.Length; rank++)
            text += $"{(rank > 0 ? ", " : "")}rank {rank} {Volatile.Read(ref state[rank]) switch { 0 => "never began", 1 => "is in the body", _ => "has ended it" }}";
        return text + ".";
    }
}
