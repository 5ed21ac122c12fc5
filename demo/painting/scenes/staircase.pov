// A spiral staircase, seen from the top.
#version 3.7;
global_settings { assumed_gamma 1.0 ambient_light rgb <2.4, 2.2, 2.0> }
camera { location <0.25, 15.2, 0.15> look_at <0.05, 0, 0> sky z right x * image_width / image_height angle 74 }
light_source { <0.6, 19, 0.8> color rgb <0.85, 0.82, 0.76> area_light x * 2, z * 2, 3, 3 adaptive 1 jitter }
#declare Plaster = texture { pigment { rgb <0.90, 0.86, 0.80> } finish { diffuse 0.8 } }
#declare Tread = texture {
  pigment { wood turbulence 0.05 color_map { [0 rgb <0.30, 0.13, 0.06>] [1 rgb <0.44, 0.21, 0.10>] } scale 0.1 }
  finish { diffuse 0.75 specular 0.2 roughness 0.03 }
}
#declare Brass = texture { pigment { rgb <0.72, 0.50, 0.20> } finish { diffuse 0.4 specular 0.7 roughness 0.02 reflection 0.22 } }
#declare Steps = 26;
#declare Rise = 2.7;
#declare Wide = radians(360 / Steps + 0.5);
#macro Step(Inner, Low, High)
  prism { Low, High, 7,
    <Inner, 0>, <3.45, 0>, <3.45 * cos(Wide / 2), 3.45 * sin(Wide / 2)>, <3.45 * cos(Wide), 3.45 * sin(Wide)>,
    <Inner * cos(Wide), Inner * sin(Wide)>, <Inner * cos(Wide / 2), Inner * sin(Wide / 2)>, <Inner, 0> }
#end
#for (N, 0, Steps * 5 - 1)
  #declare Angle = 360 / Steps * N;
  #declare Up = Rise / Steps * N;
  object { Step(1.55, -0.09, 0) texture { Tread } rotate y * -Angle translate y * Up }
  object { Step(1.50, -0.42, -0.09) texture { Plaster } rotate y * -Angle translate y * Up }
  cylinder { <1.62, 0, 0>, <1.62, 0.92, 0>, 0.016 texture { Brass } rotate y * -(Angle + 4) translate y * Up }
  cylinder { <1.62, 0, 0>, <1.62, 0.92, 0>, 0.016 texture { Brass } rotate y * -(Angle + 11) translate y * Up }
#end
#declare Pieces = 96 * 5;
#for (N, 0, Pieces - 1)
  #declare A = N / 96 * 360; #declare B = (N + 1) / 96 * 360;
  cylinder {
    vrotate(<1.62, Rise * A / 360 + 0.96, 0>, y * -A), vrotate(<1.62, Rise * B / 360 + 0.96, 0>, y * -B), 0.062
    texture { pigment { rgb <0.10, 0.035, 0.02> } finish { diffuse 0.6 specular 0.5 roughness 0.01 reflection 0.05 } }
  }
#end
difference {
  cylinder { <0, -1, 0>, <0, 17, 0>, 3.9 }
  cylinder { <0, -2, 0>, <0, 18, 0>, 3.38 }
  texture { pigment { rgb <0.62, 0.74, 0.76> } finish { diffuse 0.8 } }
}
#for (N, 0, 4)
  sphere { <0, 0, 0>, 0.13 pigment { rgb 1 } finish { emission <1.6, 1.25, 0.8> } translate <3.2, 0, 0> rotate y * -(N * 150 + 40) translate y * (N * 2.7 + 1.9) no_shadow }
  light_source { vrotate(<3.0, N * 2.7 + 1.9, 0>, y * -(N * 150 + 40)) color rgb <0.65, 0.45, 0.24> fade_distance 1.6 fade_power 2 }
#end
// The floor of the hall: a star of two marbles.
cylinder { <0, -0.5, 0>, <0, -0.3, 0>, 3.4
  texture {
    radial
    texture_map { [0.5 pigment { rgb <0.80, 0.76, 0.70> } finish { diffuse 0.7 reflection 0.06 }] [0.5 pigment { rgb <0.10, 0.16, 0.20> } finish { diffuse 0.7 reflection 0.06 }] }
    frequency 8
  }
}
cylinder { <0, -0.4, 0>, <0, -0.28, 0>, 0.42 pigment { rgb <0.75, 0.52, 0.20> } }
light_source { <0, 2.0, 0> color rgb <0.9, 0.7, 0.45> fade_distance 1.5 fade_power 2 }
