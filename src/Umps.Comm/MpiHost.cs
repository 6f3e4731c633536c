using System;
using System.Threading.Tasks;
using Umps.Configuration;

namespace Umps;

/// <summary>Ranks as threads of one process: for unit tests, for stepping through a parallel program in a debugger, for programs that want no launcher.</summary>
/// <remarks>Each rank has an endpoint of its own in one node's memory: messages go the way they go between processes, but for the wire-up.
/// What is static is shared by the ranks, unlike in processes.</remarks>
public static class MpiHost
{
    /// <summary>Runs the body on as many ranks, each a thread, and returns when all have ended.</summary>
    /// <param name="ranks">How many, 1 or more.</param>
    /// <param name="body">What each does with its world.</param>
    /// <param name="options">Options, in place of <c>umps.json</c>; the environment wins over them.</param>
    /// <exception cref="MpiException">A rank's body failed: the error says which rank, and the inner exception is the one that it threw. The other ranks' blocked
    /// calls throw UMPS2202 then; ranks that still compute after <see cref="MpiOptions.HostDeadlineSeconds"/> are named.</exception>
    /// <example><code>
    /// MpiHost.Run(4, comm =>
    /// {
    ///     double sum = comm.Allreduce(1.0, Op.Sum);
    ///     Debug.Assert(sum == comm.Size);
    /// });
    /// </code></example>
    public static void Run(int ranks, Action<Comm> body, MpiOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ranks, 1);
        ArgumentNullException.ThrowIfNull(body);
        new HostedJob(ranks, body, OptionsLoader.Load(new ProgramOptions(options), [])).Run();
    }

    /// <summary>Runs the asynchronous body on as many ranks and returns when all have ended. Its continuations run on the thread pool.</summary>
    /// <param name="ranks">How many, 1 or more.</param>
    /// <param name="body">What each does with its world.</param>
    /// <param name="options">Options, in place of <c>umps.json</c>; the environment wins over them.</param>
    /// <exception cref="MpiException">As <see cref="Run(int, Action{Comm}, MpiOptions)"/>.</exception>
    public static void Run(int ranks, Func<Comm, Task> body, MpiOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        Run(ranks, (Comm comm) => body(comm).GetAwaiter().GetResult(), options);
    }
}
