namespace Umps.Matching;

/// <summary>The two queues of one context: receives that wait for a message, messages that wait for a receive.</summary>
internal sealed class ContextQueues(ulong context)
{
    /// <summary>The context.</summary>
    public ulong Context { get; } = context;

    /// <summary>Receives, in the order they were posted.</summary>
    public PostedQueue Posted { get; } = new();

    /// <summary>Messages, in the order they arrived.</summary>
    public UnexpectedQueue Unexpected { get; } = new();
}
