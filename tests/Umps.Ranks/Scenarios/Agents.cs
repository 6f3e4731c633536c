namespace Umps.Ranks.Scenarios;

/// <summary>agents: exchanges a message with every rank, then says which agent carried it.</summary>
internal static class Agents
{
    public static int Run(string[] args)
    {
        using Mpi mpi = Job.Join();
        Comm comm = mpi.World;
        for (int other = 0; other < comm.Size; other++)
        {
            if (other == comm.Rank)
                continue;
            var received = new int[50_000];
            var sent = new int[received.Length];
            sent[^1] = comm.Rank + 1;
            comm.Sendrecv<int>(sent, other, 0, received, other, 0);
            if (received[^1] != other + 1)
            {
                Job.Say($"wrong data between {comm.Rank} and {other}");
                return 1;
            }
        }

        for (int other = 0; other < comm.Size; other++)
            if (other != comm.Rank)
                Job.Say($"rank {comm.Rank} to {other}: {comm.Core.Endpoint.AgentOf(comm.Group.EndpointOf(other))}");
        return 0;
    }
}
