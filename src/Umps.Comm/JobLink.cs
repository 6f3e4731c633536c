using System;
using System.Threading;
using Umps.Transport;

namespace Umps;

/// <summary>What ties a rank to its job: how to leave it, how to end it, why it was ended.</summary>
internal abstract class JobLink : IDisposable
{
    /// <summary>This rank has left, and owes nobody anything.</summary>
    public abstract void Goodbye();

    /// <summary>Ends the job, this rank included: returns only where the rank is a thread and cannot be ended, by an exception.</summary>
    /// <param name="status">Exit status of the job.</param>
    /// <param name="reason">One sentence.</param>
    public abstract void Abort(int status, string reason);

    /// <summary>Tells that this rank is dying, so that the job is ended; then its process ends.</summary>
    /// <param name="status">Exit status of the job.</param>
    /// <param name="reason">One sentence.</param>
    /// <param name="afterOther">It dies because another rank is gone: where that one's end is reported, this one ends here, quietly.</param>
    public abstract void Fail(int status, string reason, bool afterOther);

    /// <summary>Tells this rank's last state, where the options want it.</summary>
    public abstract void TellLastState(string state);

    /// <summary>Why the job is being ended, as a sentence's end.</summary>
    public abstract string WhyAborted(int abortWord);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>A world of one: no launcher, memory of its own.</summary>
internal sealed class SingletonLink : JobLink
{
    private readonly KernelAgent _agent;
    private readonly NodeMemory _memory;

    private SingletonLink(KernelAgent agent, NodeMemory memory)
    {
        _agent = agent;
        _memory = memory;
    }

    /// <summary>Makes the rank.</summary>
    public static RankCore Start(MpiOptions options, out JobLink link)
    {
        KernelAgent agent = KernelAgent.Create(localRanks: 1, options.Transport);
        NodeMemory memory = agent.Share();
        var own = new SingletonLink(agent, memory);
        var directory = new PeerDirectory { OwnId = 0, Peers = new PeerPlace[] { new(0, 0, 0) }, Secret = new byte[32] };
        var identity = new RankIdentity(0, 1, Environment.MachineName, directory, own);
        link = own;
        return new RankCore(Endpoint.Attach(memory, directory, options.TransportOfRank), identity, options);
    }

    /// <inheritdoc/>
    public override void Goodbye()
    {
        // nobody to tell
    }

    /// <inheritdoc/>
    public override void Abort(int status, string reason)
    {
        Report.Write(reason);
#pragma warning disable RS0030 // Abort where no launcher ends the job: the process is the job.
        Environment.Exit(status);
#pragma warning restore RS0030
    }

    /// <inheritdoc/>
    public override void Fail(int status, string reason, bool afterOther)
    {
        // nobody to tell
    }

    /// <inheritdoc/>
    public override void TellLastState(string state) => Report.Write($"rank 0: {state}");

    /// <inheritdoc/>
    public override string WhyAborted(int abortWord) => $"abort word {abortWord}";

    /// <inheritdoc/>
    public override void Dispose()
    {
        _memory.Dispose();
        _agent.Dispose();
    }
}
