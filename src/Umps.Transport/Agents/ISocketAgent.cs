using Umps.Transport.Polling;

namespace Umps.Transport.Agents;

/// <summary>What agents with descriptors of their own do beside <see cref="INicAgent"/>: all but shm. For what is not on a message's way, where Endpoint may ask them all alike.</summary>
internal interface ISocketAgent : INicAgent
{
    /// <inheritdoc cref="Endpoint.AddressOf(AgentKind)"/>
    string Address { get; }

    /// <summary>Says what to sleep on: adds a descriptor that polls readable when there is something to do. Once, before the first sleep.</summary>
    void SleepBy(SleepSet sleepers);

    /// <summary>The caller goes to sleep. With the gate held.</summary>
    void BeforeSleep();

    /// <summary>The caller looks itself from now on. With the gate held.</summary>
    void AfterSleep();

    /// <inheritdoc cref="Endpoint.AllowGathering"/>
    void AllowGathering();

    /// <inheritdoc cref="Endpoint.HasOnlyGathered"/>
    bool HasOnlyGathered { get; }

    /// <inheritdoc cref="Endpoint.HasGathered"/>
    bool HasGathered { get; }

    /// <inheritdoc cref="Endpoint.EndCall"/>
    void EndCall();

    /// <inheritdoc cref="Endpoint.HasOldGathered"/>
    bool HasOldGathered { get; }

    /// <inheritdoc cref="Endpoint.FlushGathered"/>
    void FlushGathered();

    /// <summary>The job is being ended: leaving waits for nobody.</summary>
    void Hurry();
}
