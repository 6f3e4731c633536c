using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Umps.Tests.Hosting;

/// <summary>A rank from a program's container.</summary>
[Collection("this process as a rank")]
public sealed class ServiceCollectionTests
{
    [Fact]
    public void AddUmpsMpi_WorldIsInjected_AndLeftWithTheProvider()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Umps:EnvelopesMax", "300")]).Build();
        var services = new ServiceCollection();
        services.AddUmpsMpi(configuration);
        Comm world;

        using (ServiceProvider provider = services.BuildServiceProvider())
        {
            world = provider.GetRequiredService<Comm>();
            Assert.Equal((0, 1), (world.Rank, world.Size));
            Assert.Same(provider.GetRequiredService<Mpi>().World, world);
            Assert.Equal(300, world.Core.Options.EnvelopesMax);
        }

        Assert.Equal(2001, Assert.Throws<MpiException>(() => world.Send(1, dest: 0)).ErrorId);
        using ServiceProvider again = services.BuildServiceProvider();      // the process may be a rank again
        Assert.Equal(1, again.GetRequiredService<Comm>().Size);
    }

    [Fact]
    public void AddUmpsMpi_FaultyConfiguration_ThrowsWhenAskedFor_AndLeavesNoRank()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Umps:EnvelopesMax", "many")]).Build();
        using ServiceProvider provider = new ServiceCollection().AddUmpsMpi(configuration).BuildServiceProvider();

        Assert.Equal(2401, Assert.Throws<MpiException>(() => provider.GetRequiredService<Comm>()).ErrorId);
        Assert.Equal(2401, Assert.Throws<MpiException>(() => provider.GetRequiredService<Mpi>()).ErrorId);
    }
}
