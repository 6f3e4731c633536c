using System;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Umps;

/// <summary>Makes this process a rank as a service of a program's container.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Registers <see cref="Mpi"/> and, as <see cref="Comm"/>, its world. The job is joined when the first is asked for, and left when the provider is disposed.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="configuration">The program's configuration; options stand in its section <c>Umps</c>, and <c>umps.json</c> is not read. The environment and
    /// umpsrun's options win over it.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="MpiException">From the provider, as <see cref="Mpi.Init(string[], IConfiguration)"/>.</exception>
    /// <example><code>
    /// services.AddUmpsMpi(configuration);
    /// using ServiceProvider provider = services.BuildServiceProvider();
    /// Comm world = provider.GetRequiredService&lt;Comm&gt;();
    /// </code></example>
    public static IServiceCollection AddUmpsMpi(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.TryAddSingleton(_ => Mpi.Init(null, configuration));
        services.TryAddSingleton(provider => provider.GetRequiredService<Mpi>().World);
        return services;
    }
}
