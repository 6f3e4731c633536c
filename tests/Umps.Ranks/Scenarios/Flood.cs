using System;

namespace Umps.Ranks.Scenarios;

/// <summary>flood [messages] [bytes]: all send to rank 0, which takes them last sender first, so that the others' wait in queues and credits.</summary>
internal static class Flood
{
    public static int Run(string[] args)
    {
        int messages = Job.Number(args, 0, 2000), bytes = Job.Number(args, 1, 3000);
        using Mpi mpi = Job.Join();
        Comm comm = mpi.World;
        var data = new byte[bytes];
        if (comm.Rank != 0)
        {
            for (int i = 0; i < messages; i++)
            {
                data.AsSpan().Fill((byte)(comm.Rank + i));
                comm.Send(data, dest: 0, tag: i);
            }

            return 0;
        }

        for (int source = comm.Size - 1; source > 0; source--)
        {
            for (int i = 0; i < messages; i++)
            {
                Status status = comm.Recv(data, source, tag: i);
                if (status.Count<byte>() != bytes || data.AsSpan().ContainsAnyExcept((byte)(source + i)))
                {
                    Job.Say($"wrong bytes in message {i} of rank {source}");
                    return 1;
                }
            }
        }

        Job.Say($"flood of {messages} times {bytes} bytes from {comm.Size - 1} ranks is right");
        return 0;
    }
}
